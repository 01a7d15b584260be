using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class RemovalGrantConfiguration : IEntityTypeConfiguration<RemovalGrant>
{
    public void Configure(EntityTypeBuilder<RemovalGrant> builder)
    {
        builder.ToTable("removal_grants");
        builder.HasKey(g => g.Number);
        builder.Property(g => g.StateStore).IsName();
        builder.Property(g => g.Cluster).IsName();
        builder.Property(g => g.Promise).IsName();
        builder.HasOne<Cluster>().WithMany().HasForeignKey(g => g.Cluster).OnDelete(DeleteBehavior.Cascade);
    }
}
