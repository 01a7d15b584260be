using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class ProposedFileConfiguration : IEntityTypeConfiguration<ProposedFile>
{
    public void Configure(EntityTypeBuilder<ProposedFile> builder)
    {
        builder.ToTable("proposed_files");
        builder.HasKey(f => new { f.StateStore, f.Environment, f.Path, f.Blob, f.Owner });
        builder.Property(f => f.StateStore).IsName();
        builder.Property(f => f.Environment).IsName();
        builder.Property(f => f.Path).IsOrdinal(2048);
        builder.Property(f => f.Blob).IsCommit();
        builder.Property(f => f.Owner).IsOrdinal((2 * Limits.Name) + 1);
        builder.HasOne<Proposal>().WithMany().HasForeignKey(f => new { f.StateStore, f.Environment }).OnDelete(DeleteBehavior.Cascade);
    }
}
