using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class PromiseConfiguration() : FleetObjectConfiguration<Promise>("promises")
{
    protected override void ConfigureSpec(EntityTypeBuilder<Promise> builder)
    {
        // All it has of its own are numbers and a flag.
    }
}
