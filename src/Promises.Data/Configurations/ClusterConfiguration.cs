using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;
using Environment = Promises.Model.Environment;

namespace Promises.Data.Configurations;

internal sealed class ClusterConfiguration() : FleetObjectConfiguration<Cluster>("clusters")
{
    protected override void ConfigureSpec(EntityTypeBuilder<Cluster> builder)
    {
        builder.Property(c => c.Environment).IsName();
        builder.Property(c => c.StateStore).IsName();
        builder.Property(c => c.Path).IsOrdinal(Limits.Path);
        builder.Property(c => c.Agent).IsWord();
        builder.Property(c => c.Taints).IsJson();
        builder.HasOne<Environment>().WithMany().HasForeignKey(c => c.Environment).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<StateStore>().WithMany().HasForeignKey(c => c.StateStore).OnDelete(DeleteBehavior.Restrict);
    }
}
