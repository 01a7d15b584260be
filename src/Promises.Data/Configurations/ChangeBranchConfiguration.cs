using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class ChangeBranchConfiguration : IEntityTypeConfiguration<ChangeBranch>
{
    public void Configure(EntityTypeBuilder<ChangeBranch> builder)
    {
        builder.ToTable("change_branches");
        builder.HasKey(c => new { c.Change, c.StateStore, c.Cluster });
        builder.Property(c => c.StateStore).IsName();
        builder.Property(c => c.Cluster).IsName();
        builder.Property(c => c.Branch).IsOrdinal(Limits.Branch);
        builder.Property(c => c.Commit).IsCommit();
        builder.HasOne<Change>().WithMany().HasForeignKey(c => c.Change).OnDelete(DeleteBehavior.Cascade);
    }
}
