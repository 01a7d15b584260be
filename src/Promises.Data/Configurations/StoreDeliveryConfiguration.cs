using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class StoreDeliveryConfiguration : IEntityTypeConfiguration<StoreDelivery>
{
    public void Configure(EntityTypeBuilder<StoreDelivery> builder)
    {
        builder.ToTable("store_delivery");
        builder.HasKey(d => d.StateStore);
        builder.Property(d => d.StateStore).IsName();
        builder.Property(d => d.Head).IsCommit();
        builder.Property(d => d.Reason).IsWord();
        builder.Property(d => d.IntentCommit).IsCommit();
        builder.HasOne<StateStore>().WithOne().HasForeignKey<StoreDelivery>(d => d.StateStore).OnDelete(DeleteBehavior.Cascade);
    }
}
