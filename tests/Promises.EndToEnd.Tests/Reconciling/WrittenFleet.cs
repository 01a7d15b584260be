using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A fleet whose branch has all that was decided: the first revision of redis, on every cluster.</summary>
internal static class WrittenFleet
{
    /// <param name="maps">What the revision is made of.</param>
    public static async Task<DeliveryFleet> StartAsync(TestPostgres postgres, string[] clusters, params string[] maps)
    {
        var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync(clusters);
        await fleet.PublishAsync("redis", 1, maps);
        await fleet.PlaceAsync("redis", 1, clusters);
        await fleet.SyncAsync();
        (await fleet.HoldsAsync()).ShouldBeEmpty();
        return fleet;
    }
}
