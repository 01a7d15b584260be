using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class FleetEventConfiguration : IEntityTypeConfiguration<FleetEvent>
{
    public void Configure(EntityTypeBuilder<FleetEvent> builder)
    {
        builder.ToTable("fleet_events");
        // Their places in the log are the database's to give.
        builder.Property<long>("Sequence").UseIdentityAlwaysColumn();
        builder.Property<ulong>("Xid").HasColumnType("xid8").ValueGeneratedOnAdd();
        builder.Property<DateTimeOffset>("At").ValueGeneratedOnAdd();
        builder.HasKey("Sequence");
        builder.Property(e => e.Type).IsWord();
        builder.Property(e => e.Kind).IsWord();
        // promise.cluster of a placement
        builder.Property(e => e.Name).IsOrdinal(Limits.Name + 1 + Limits.Name);
        builder.HasOne<Change>().WithMany().HasForeignKey(e => e.Version).OnDelete(DeleteBehavior.Cascade);
    }
}
