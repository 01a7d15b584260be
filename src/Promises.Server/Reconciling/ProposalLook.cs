using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>
/// Looks at a store in which something is or was proposed: others move its branch and merge into it, so every visit looks, and takes nothing for granted.
/// </summary>
internal static class ProposalLook
{
    /// <summary>Asked for by name at a time.</summary>
    private const int MostNames = 50;

    public static bool Concerns(StoreWork work) => work.Store.IsByProposal || work.Proposals.Any(proposal => proposal.Phase != ProposalPhase.Closed);

    /// <summary>Adds a view of every branch.</summary>
    /// <returns>False if everything that is wanted waits to be merged already, and nobody has moved anything since.</returns>
    public static async Task<bool> ViewAsync(IStateStore store, StoreWork work, Dictionary<string, BranchView> views, CancellationToken cancellationToken)
    {
        var isFirst = views.Count == 0;
        var tips = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var names in work.Branches.Select(branch => branch.Name).Append(work.Store.Branch).Distinct(StringComparer.Ordinal).Chunk(MostNames))
        {
            foreach (var (branch, commit) in await store.TipsAsync(names, cancellationToken)) tips[branch] = commit;
        }

        var tip = tips.GetValueOrDefault(work.Store.Branch);
        if (isFirst && IsWaiting(work, tip, tips)) return false;

        var files = tip is null ? [] : await store.ListAsync(tip, [], cancellationToken);
        var all = files.ToDictionary(file => file.Path, file => file.Id, StringComparer.Ordinal);
        foreach (var branch in work.Branches)
            views[branch.Name] = new BranchView(tip, all, null, branch.Head is null) { Proposed = branch.Environment is null ? null : tips.GetValueOrDefault(branch.Name) };
        return true;
    }

    private static bool IsWaiting(StoreWork work, string? tip, Dictionary<string, string> tips)
    {
        var open = work.Proposals.Where(proposal => proposal.Phase == ProposalPhase.Open).ToDictionary(proposal => proposal.Environment, StringComparer.Ordinal);
        return work.Store.IsByProposal && work.Delivery is { Failures: 0 } delivery && delivery.Head == tip
            && open.Count > 0 && work.Proposals.All(proposal => proposal.Phase is ProposalPhase.Open or ProposalPhase.Closed)
            && open.Values.All(proposal => proposal.Base == tip && tips.GetValueOrDefault(proposal.Branch) == proposal.Head && proposal.Version >= work.Store.ResourceVersion)
            && work.Changes.All(change => open.Values.Any(proposal => change.Number <= proposal.Version))
            && work.Branches.All(branch => branch.Clusters.Where(cluster => cluster.IsBehind)
                .All(cluster => branch.Environment is not null && open.TryGetValue(branch.Environment, out var proposal) && cluster.Delivery.WantedVersion <= proposal.Version));
    }
}
