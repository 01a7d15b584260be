using Promises.Model;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A fleet whose store is not pushed to, with one cluster in ops, and a commit of somebody else on its branch.</summary>
internal static class ProposingFleet
{
    public const string Ops = "promises/proposal/ops";

    public static async Task<DeliveryFleet> StartAsync(TestPostgres postgres, bool overHttp = false, GitWriter writer = GitWriter.Git)
    {
        var fleet = await DeliveryFleet.StartAsync(postgres, overHttp, mode: DeliveryMode.Proposal, writer: writer);
        fleet.Repo.Commit("main", "their beginning", ("their.txt", "x"));
        await fleet.RegisterAsync("c1");
        return fleet;
    }

    /// <summary>With one ConfigMap. Clusters that are not there yet are registered in ops.</summary>
    public static async Task<long> PlaceAsync(DeliveryFleet fleet, string promise, params string[] clusters)
    {
        foreach (var cluster in clusters)
        {
            if (await fleet.ClusterAsync(cluster) is null) await fleet.RegisterAsync(cluster);
        }

        await fleet.PublishAsync(promise, 1, "a");
        return await fleet.PlaceAsync(promise, 1, clusters);
    }

    /// <summary>Merges what is proposed in ops, and lets it be seen.</summary>
    public static async Task MergedAsync(this DeliveryFleet fleet)
    {
        fleet.Repo.Merge(Ops, MergeBy.Commit);
        await fleet.SyncAsync();
    }
}
