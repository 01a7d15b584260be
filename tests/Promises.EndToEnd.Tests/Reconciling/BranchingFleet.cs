using Promises.Model;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A fleet whose store has a branch per cluster.</summary>
internal static class BranchingFleet
{
    public static Task<DeliveryFleet> StartAsync(TestPostgres postgres, bool overHttp = false, GitWriter writer = GitWriter.Git) =>
        DeliveryFleet.StartAsync(postgres, overHttp, branch: "fleet/{cluster}", writer: writer);

    public static string?[] Heads(this DeliveryFleet fleet, params string[] clusters) => [.. clusters.Select(cluster => fleet.Repo.Head($"fleet/{cluster}"))];
}
