using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Hosting;

namespace Promises.Server.Reconciling;

/// <summary>
/// The last look at a batch before its commits are built. Rows say what is to be written, and rows may be wrong: by a bug of ours, because they were damaged, or
/// because the database was restored. So what no confirmed change takes away, what an older database would undo, and what would reach too many external clusters
/// at once, is held until somebody decides.
/// </summary>
internal sealed class Brake(IDbContextFactory<PromisesDb> databases, HoldBook book, DeliveryOptions limits)
{
    /// <param name="restoration">Null if the database knows of all that is on the branches.</param>
    /// <returns>The plan that may be written: the same, less removals that somebody decided against.</returns>
    /// <exception cref="StoreSyncException">Nothing may be written.</exception>
    /// <exception cref="LeaseLostException">Nor may anything be said about it.</exception>
    public async Task<DeliveryPlan> PassAsync(StoreWork work, DeliveryPlan plan, Restoration? restoration, StoreLease lease, CancellationToken cancellationToken)
    {
        if (restoration is not null) await PassAsync(work, plan, HoldCase.RestoredDatabase(restoration, [.. plan.Leftovers]), lease, cancellationToken);

        var unconfirmed = await UnconfirmedAsync(work, plan, cancellationToken);
        if (unconfirmed.Count > 0)
        {
            var (released, discarded) = (Items(work, HoldPhase.Released), Items(work, HoldPhase.Discarded));
            var open = unconfirmed.Where(loss => !released.Contains(loss.Item) && !discarded.Contains(loss.Item)).ToList();
            if (open.Count > 0) await HoldAsync(work, plan, HoldCase.UnconfirmedRemoval(open), lease, cancellationToken);
            plan = plan.Keeping([.. unconfirmed.Where(loss => discarded.Contains(loss.Item))]);
        }

        var external = limits.MaxExternalClusters is null ? [] : await ExternalAsync(plan, cancellationToken);
        var tooMany = external.Count > limits.MaxExternalClusters;
        if (tooMany) await PassAsync(work, plan, HoldCase.TooManyExternalClusters(external, limits.MaxExternalClusters!.Value, [.. plan.Losses]), lease, cancellationToken);

        // A release of many clusters is for one batch, and not for the next with the same clusters in it.
        await book.EndAsync(work, hold => hold.Phase == HoldPhase.Held || (hold.Reason == HoldReason.TooManyExternalClusters && !tooMany), lease, cancellationToken);
        return plan;
    }

    /// <summary>Of reasons that concern the whole batch: goes on if it was released, and stops otherwise.</summary>
    private async Task PassAsync(StoreWork work, DeliveryPlan plan, HoldCase found, StoreLease lease, CancellationToken cancellationToken)
    {
        foreach (var hold in work.Holds.Where(hold => hold.Phase != HoldPhase.Held && hold.Reason == found.Reason))
        {
            var known = hold.Items.ToHashSet(StringComparer.Ordinal);
            var same = found.Items.All(known.Contains) && (found.BranchVersion ?? 0) <= (hold.BranchVersion ?? 0);
            if (same && hold.Phase == HoldPhase.Released) return;
            // Discarded means: not this batch. With another change, or another branch, it is another.
            if (same && hold.Phase == HoldPhase.Discarded && hold.Tip == HoldBook.TipOf(plan) && !work.Changes.Any(change => change.Number > hold.DecidedVersion))
                throw new StoreSyncException("HoldDiscarded", HoldBook.Discarded(hold), permanent: true);
        }

        await HoldAsync(work, plan, found, lease, cancellationToken);
    }

    private async Task HoldAsync(StoreWork work, DeliveryPlan plan, HoldCase found, StoreLease lease, CancellationToken cancellationToken)
    {
        var number = await book.HoldAsync(work, plan, found, lease, cancellationToken);
        throw new StoreSyncException("Held", HoldBook.Waiting(Hold.NameOf(number), found.Message), permanent: true);
    }

    private async Task<IReadOnlyList<FileLoss>> UnconfirmedAsync(StoreWork work, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        var clusters = plan.Losses.Select(loss => loss.Cluster).Distinct(StringComparer.Ordinal).ToArray();
        if (clusters.Length == 0) return [];

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var grants = (await database.RemovalGrants.AsNoTracking().Where(grant => clusters.Contains(grant.Cluster) && grant.Change <= work.Version).ToListAsync(cancellationToken))
            .ToLookup(grant => grant.Cluster, StringComparer.Ordinal);
        return [.. plan.Losses.Where(loss => !grants[loss.Cluster].Any(grant => grant.Covers(loss.Cluster, loss.Promise, loss.Identity))
            && !work.Proposed[loss.Owner].Any(file => file.Withdrawn && file.Path == loss.Path))];
    }

    /// <summary>Clusters of external environments that the batch touches, by name.</summary>
    private async Task<IReadOnlyList<string>> ExternalAsync(DeliveryPlan plan, CancellationToken cancellationToken)
    {
        var touched = plan.Notes.Select(note => note.Cluster).ToArray();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Clusters.AsNoTracking()
            .Where(cluster => touched.Contains(cluster.Name) && database.Environments.Any(rung => rung.Name == cluster.Environment && rung.Audience == Audience.External))
            .Select(cluster => cluster.Name).OrderBy(name => name).ToListAsync(cancellationToken);
    }

    /// <summary>Files that somebody decided about, also those that a restored database knew nothing of: once proposed, they are found as files of ours.</summary>
    private static HashSet<string> Items(StoreWork work, HoldPhase phase) => work.Holds
        .Where(hold => hold.Phase == phase && (hold.Reason == HoldReason.UnconfirmedRemoval || (hold.Reason == HoldReason.RestoredDatabase && phase == HoldPhase.Released)))
        .SelectMany(hold => hold.Items).ToHashSet(StringComparer.Ordinal);
}
