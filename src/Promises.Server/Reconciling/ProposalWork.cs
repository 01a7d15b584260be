using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>Reads what a store has to propose: a branch for each environment with clusters in it, or with a proposal that is not over.</summary>
internal static class ProposalWork
{
    public static async Task<IReadOnlyList<BranchWork>> BranchesAsync(
        PromisesDb database, StateStore store, StoreDelivery? delivery, IReadOnlyList<ClusterWork> clusters, IReadOnlyList<Proposal> proposals,
        IReadOnlyList<PendingChange> changes, CancellationToken cancellationToken)
    {
        var inhabited = await database.Clusters.Where(cluster => cluster.StateStore == store.Name).Select(cluster => cluster.Environment).Distinct().ToListAsync(cancellationToken);
        var environments = inhabited.Union(proposals.Where(proposal => proposal.Phase != ProposalPhase.Closed).Select(proposal => proposal.Environment))
            .Order(StringComparer.Ordinal).ToList();
        if (environments.Count == 0) return [new BranchWork(store.Branch, delivery?.Head, clusters, changes)];

        var of = clusters.ToLookup(cluster => cluster.Cluster.Environment, StringComparer.Ordinal);
        return [.. environments.Select(environment => new BranchWork(Proposal.BranchOf(environment), delivery?.Head, [.. of[environment]], changes) { Environment = environment })];
    }

    public static async Task<ILookup<string, ProposedFile>> FilesAsync(PromisesDb database, string store, CancellationToken cancellationToken) =>
        (await database.ProposedFiles.Where(file => file.StateStore == store).ToListAsync(cancellationToken)).ToLookup(file => file.Owner, StringComparer.Ordinal);
}
