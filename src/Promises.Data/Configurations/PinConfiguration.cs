using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;
using Environment = Promises.Model.Environment;

namespace Promises.Data.Configurations;

internal sealed class PinConfiguration : IEntityTypeConfiguration<Pin>
{
    public void Configure(EntityTypeBuilder<Pin> builder)
    {
        builder.ToTable("pins");
        builder.HasKey(p => new { p.Environment, p.Promise });
        builder.Property(p => p.Environment).IsName();
        builder.Property(p => p.Promise).IsName();
        builder.HasOne<Environment>().WithMany().HasForeignKey(p => p.Environment).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Revision>().WithMany().HasForeignKey(p => new { p.Promise, p.Revision }).OnDelete(DeleteBehavior.Restrict);
    }
}
