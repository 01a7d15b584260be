using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class CredentialConfiguration() : FleetObjectConfiguration<Credential>("credentials")
{
    protected override void ConfigureSpec(EntityTypeBuilder<Credential> builder)
    {
        builder.Property(c => c.Type).IsWord();
        builder.Property(c => c.Fingerprint).IsDigest();
    }
}
