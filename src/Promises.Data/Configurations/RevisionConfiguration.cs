using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class RevisionConfiguration : IEntityTypeConfiguration<Revision>
{
    public void Configure(EntityTypeBuilder<Revision> builder)
    {
        builder.ToTable("revisions");
        builder.HasKey(r => new { r.Promise, r.Number });
        builder.Property(r => r.Promise).IsName();
        builder.Property(r => r.Number).ValueGeneratedNever();
        builder.Property(r => r.Digest).IsDigest();
        builder.Property(r => r.Version).IsOrdinal(Limits.Version);
        builder.Property(r => r.CreatedBy).IsName();
        builder.HasOne<Promise>().WithMany().HasForeignKey(r => r.Promise).OnDelete(DeleteBehavior.Cascade);
    }
}
