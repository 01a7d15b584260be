using Promises.Data.Migrations;
using Promises.Server.Features.Tokens;

namespace Promises.Server.Hosting;

/// <summary>What must be done before the server listens.</summary>
internal static class Preparation
{
    public static async Task PrepareAsync(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<MigrationRunner>().ApplyAsync(stopping);
        await scope.ServiceProvider.GetRequiredService<AdminToken>().EnsureAsync(stopping);
    }
}
