using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class StateStoreConfiguration() : FleetObjectConfiguration<StateStore>("state_stores")
{
    protected override void ConfigureSpec(EntityTypeBuilder<StateStore> builder)
    {
        builder.Property(s => s.Url).IsOrdinal(Limits.Url);
        builder.Property(s => s.Branch).IsOrdinal(Limits.Branch);
        builder.Property(s => s.CredentialName).IsName();
        builder.Property(s => s.BasePath).IsOrdinal(Limits.Path);
        builder.Property(s => s.Layout).IsWord();
        builder.Property(s => s.Mode).IsWord();
        builder.Property(s => s.Writer).IsWord();
        builder.HasOne<Credential>().WithMany().HasForeignKey(s => s.CredentialName).OnDelete(DeleteBehavior.Restrict);
        builder.Property(s => s.SigningKeyName).IsName();
        builder.HasOne<Credential>().WithMany().HasForeignKey(s => s.SigningKeyName).OnDelete(DeleteBehavior.Restrict);
    }
}
