using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class HoldConfiguration : IEntityTypeConfiguration<Hold>
{
    public void Configure(EntityTypeBuilder<Hold> builder)
    {
        builder.ToTable("holds");
        builder.HasKey(h => h.Number);
        builder.Ignore(h => h.Name);
        builder.Property(h => h.StateStore).IsName();
        builder.Property(h => h.Reason).IsWord();
        builder.Property(h => h.Digest).IsDigest();
        builder.Property(h => h.Tip).IsCommit();
        builder.Property(h => h.Phase).IsWord();
        builder.Property(h => h.By).IsName();
        builder.HasOne<StateStore>().WithMany().HasForeignKey(h => h.StateStore).OnDelete(DeleteBehavior.Cascade);
    }
}
