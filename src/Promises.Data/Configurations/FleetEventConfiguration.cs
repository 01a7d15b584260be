using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class FleetEventConfiguration : IEntityTypeConfiguration<FleetEvent>
{
    public void Configure(EntityTypeBuilder<FleetEvent> builder)
    {
        builder.ToTable("fleet_events");
        builder.HasKey(e => new { e.Version, e.Ordinal });
        builder.Property(e => e.Type).IsWord();
        builder.Property(e => e.Kind).IsWord();
        // promise.cluster of a placement
        builder.Property(e => e.Name).IsOrdinal(Limits.Name + 1 + Limits.Name);
        builder.HasOne<Change>().WithMany().HasForeignKey(e => e.Version).OnDelete(DeleteBehavior.Cascade);
    }
}
