using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

/// <summary>The columns that every object a client writes has.</summary>
internal abstract class FleetObjectConfiguration<T>(string table) : IEntityTypeConfiguration<T>
    where T : FleetObject
{
    public void Configure(EntityTypeBuilder<T> builder)
    {
        builder.ToTable(table);
        builder.HasKey(o => o.Name);
        builder.Property(o => o.Name).IsName();
        builder.Property(o => o.Labels).IsJson();
        builder.Property(o => o.Annotations).IsJson();
        ConfigureSpec(builder);
    }

    protected abstract void ConfigureSpec(EntityTypeBuilder<T> builder);
}
