using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Promises.Data.Configurations;

internal sealed class FleetRowConfiguration : IEntityTypeConfiguration<FleetRow>
{
    public void Configure(EntityTypeBuilder<FleetRow> builder)
    {
        builder.ToTable("fleet");
        builder.HasKey(f => f.Id);
        builder.Property(f => f.Id).ValueGeneratedNever();
    }
}
