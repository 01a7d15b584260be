using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class ClusterDeliveryConfiguration : IEntityTypeConfiguration<ClusterDelivery>
{
    public void Configure(EntityTypeBuilder<ClusterDelivery> builder)
    {
        builder.ToTable("cluster_delivery");
        builder.HasKey(d => d.Cluster);
        builder.Property(d => d.Cluster).IsName();
        builder.Property(d => d.StateStore).IsName();
        builder.Property(d => d.Files).IsJson();
        builder.Property(d => d.Findings).IsJson();
        builder.Property(d => d.Head).IsCommit();
        builder.Property(d => d.Reason).IsWord();
        builder.HasOne<Cluster>().WithOne().HasForeignKey<ClusterDelivery>(d => d.Cluster).OnDelete(DeleteBehavior.Cascade);
    }
}
