using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class ChangeStoreConfiguration : IEntityTypeConfiguration<ChangeStore>
{
    public void Configure(EntityTypeBuilder<ChangeStore> builder)
    {
        builder.ToTable("change_stores");
        builder.HasKey(c => new { c.Change, c.StateStore });
        builder.Property(c => c.StateStore).IsName();
        builder.Property(c => c.Commit).IsCommit();
        builder.HasOne<Change>().WithMany().HasForeignKey(c => c.Change).OnDelete(DeleteBehavior.Cascade);
    }
}
