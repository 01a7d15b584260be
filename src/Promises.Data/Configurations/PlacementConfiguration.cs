using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class PlacementConfiguration : IEntityTypeConfiguration<Placement>
{
    public void Configure(EntityTypeBuilder<Placement> builder)
    {
        builder.ToTable("placements");
        builder.HasKey(p => new { p.Promise, p.Cluster });
        builder.Property(p => p.Promise).IsName();
        builder.Property(p => p.Cluster).IsName();
        builder.Property(p => p.Name).IsOrdinal((2 * Limits.Name) + 1).ValueGeneratedOnAddOrUpdate();
        builder.HasIndex(p => p.Name).IsUnique();
        builder.Property(p => p.Environment).IsName();
        builder.Property(p => p.Outcome).IsWord();
        builder.Property(p => p.Reason).IsWord();
        builder.Property(p => p.Digest).IsDigest();
        builder.Property(p => p.WrittenDigest).IsDigest();
        builder.Property(p => p.ProposedDigest).IsDigest();
        builder.Property(p => p.WrittenManifest).IsDigest();
        builder.Property(p => p.WrittenChild).IsCommit();
        builder.Property(p => p.Commit).IsCommit();
        builder.Property(p => p.StalledReason).IsWord();
        builder.HasOne<Cluster>().WithMany().HasForeignKey(p => p.Cluster).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<FileManifest>().WithMany().HasForeignKey(p => p.WrittenManifest).OnDelete(DeleteBehavior.Restrict);
    }
}
