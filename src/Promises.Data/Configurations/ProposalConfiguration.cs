using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class ProposalConfiguration : IEntityTypeConfiguration<Proposal>
{
    public void Configure(EntityTypeBuilder<Proposal> builder)
    {
        builder.ToTable("proposals");
        builder.HasKey(p => new { p.StateStore, p.Environment });
        builder.Property(p => p.StateStore).IsName();
        builder.Property(p => p.Environment).IsName();
        builder.Property(p => p.Branch).IsOrdinal(Limits.Branch);
        builder.Property(p => p.Phase).IsWord();
        builder.Property(p => p.Head).IsCommit();
        builder.Property(p => p.Base).IsCommit();
        builder.HasOne<StateStore>().WithMany().HasForeignKey(p => p.StateStore).OnDelete(DeleteBehavior.Cascade);
    }
}
