using Microsoft.AspNetCore.Hosting.Server.Features;
using Promises.Data;
using Promises.Server.Features.Tokens;

namespace Promises.Server.Hosting;

/// <summary>What a person at a terminal needs once the server listens: where it is, where the token is, and what to try first.</summary>
internal static class Welcome
{
    public static void SayWelcome(this WebApplication app, DataDirectory directory) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var address = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        var token = directory.PathOf(AdminToken.FileName);
        Console.WriteLine($"""

            Promises listens on {address} (the API is described at {address}/docs).
            The token is in {token}

            Try:
              curl -s -H "Authorization: Bearer $(cat '{token}')" {address}/placements
              curl -s -H "Authorization: Bearer $(cat '{token}')" '{address}/explain?promise=team-namespace'
              git clone "http://x:$(cat '{token}')@{address?.Split("//")[^1]}/git/default.git"

            """);
    });
}
