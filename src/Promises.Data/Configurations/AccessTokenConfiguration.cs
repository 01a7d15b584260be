using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

internal sealed class AccessTokenConfiguration() : FleetObjectConfiguration<AccessToken>("access_tokens")
{
    protected override void ConfigureSpec(EntityTypeBuilder<AccessToken> builder)
    {
        builder.Property(t => t.Role).IsWord();
        builder.Property(t => t.Prefix).IsWord();
    }
}
