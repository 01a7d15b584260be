using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Parts what is on the store's branch from what waits to be merged into it.</summary>
internal static class ProposalOutcome
{
    /// <param name="results">Of the proposals that were pushed, by branch.</param>
    public static DeliveryRecord Of(
        StoreWork work, DeliveryRecord record, IReadOnlyList<ProposalStep> steps, IReadOnlyDictionary<string, PushResult> results, bool isFailing)
    {
        var pending = record.Branches.Where(branch => branch.Commit is not null)
            .SelectMany(branch => branch.Placements.Where(Waits).Select(placement => placement.Cluster).Concat(branch.Clusters.Where(cluster => cluster.IsChanged).Select(cluster => cluster.Cluster)))
            .ToHashSet(StringComparer.Ordinal);
        var reflected = work.Clusters.Where(cluster => pending.Contains(cluster.Cluster.Name))
            .Select(cluster => Math.Min(cluster.Delivery.WrittenVersion, cluster.Delivery.WantedVersion - 1)).DefaultIfEmpty(work.Version).Min();
        var written = work.Clusters.SelectMany(cluster => cluster.Placements).ToDictionary(placement => placement.Name, placement => placement.WrittenDigest, StringComparer.Ordinal);

        return record with
        {
            Branches = [.. record.Branches.Select(branch => branch with
            {
                // What is found on the branch came with its tip, as far as anybody can tell.
                Commit = branch.Base,
                Placements = [.. branch.Placements.Where(placement => branch.Commit is null || !Waits(placement))
                    .Select(placement => placement with { Changed = placement.Wanted != written.GetValueOrDefault($"{placement.Promise}.{placement.Cluster}") })],
                Clusters = [.. branch.Clusters.Select(cluster => cluster with { IsPending = pending.Contains(cluster.Cluster), IsChanged = branch.Commit is not null && cluster.IsChanged })],
                Changes = [.. branch.Changes.Where(change => change <= reflected)],
                Repairs = null,
            })],
            Proposed = new ProposedRecord(
                [.. steps.Where(step => step.Phase is not null && (step.Move is null || results[step.Move.Branch].IsOnBranch)).Select(step => Environment(work, step))],
                [.. steps.Where(step => step.Record.Commit is not null).Select(step => step.Branch.Name)],
                [.. record.Branches.Select(branch => branch.Branch).Except(steps.Where(step => !step.IsResting).Select(step => step.Branch.Name), StringComparer.Ordinal)], reflected, isFailing),
        };
    }

    private static ProposedEnvironment Environment(StoreWork work, ProposalStep step) => new(
        step.Branch.Environment!, step.Phase!.Value, step.Head!, step.Record.Base, work.Version, [.. step.Record.Clusters.Select(cluster => cluster.Cluster)],
        step.Record.Commit is null ? [] : [.. step.Record.Placements.Where(Waits)]);

    private static bool Waits(PlacementRecord placement) => placement is { Changed: true, StalledReason: null };
}
