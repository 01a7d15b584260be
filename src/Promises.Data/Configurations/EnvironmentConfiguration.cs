using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Environment = Promises.Model.Environment;

namespace Promises.Data.Configurations;

internal sealed class EnvironmentConfiguration() : FleetObjectConfiguration<Environment>("environments")
{
    protected override void ConfigureSpec(EntityTypeBuilder<Environment> builder)
    {
        builder.Property(e => e.Audience).IsWord();
    }
}
