using System.Data;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Reconciling;

/// <summary>Reads what a store has to do in one snapshot of the database, so that it is exactly one fleet version.</summary>
internal sealed class StoreWorkReader(IDbContextFactory<PromisesDb> databases, RenderCache cache, TimeProvider time)
{
    /// <returns>Null if there is no such store any more.</returns>
    /// <param name="moved">Branches that somebody else has moved: of the clusters that this concerns all is read, not only what is behind.</param>
    public Task<StoreWork?> ReadAsync(string name, IReadOnlyCollection<MovedBranch> moved, CancellationToken cancellationToken) =>
        ReadAsync(name, (database, store) => WholeClusters.OfAsync(store, moved, async () =>
            [.. (await database.Clusters.Where(cluster => cluster.StateStore == name).Select(cluster => new { cluster.Name, cluster.Path }).ToListAsync(cancellationToken))
                .Select(cluster => (cluster.Name, cluster.Path))]), cancellationToken);

    /// <summary>All that there is of a store.</summary>
    public Task<StoreWork?> ReadAllAsync(string name, CancellationToken cancellationToken) => ReadAsync(name, (_, _) => Task.FromResult(WholeClusters.Every), cancellationToken);

    private async Task<StoreWork?> ReadAsync(string name, Func<PromisesDb, StateStore, Task<WholeClusters>> find, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        database.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;

        // What most stores have none of is not asked for: each question is a trip to the database before anything is written.
        var found = await (
            from row in database.StateStores.Where(row => row.Name == name)
            from fleet in database.Fleet
            join delivered in database.StoreDelivery on row.Name equals delivered.StateStore into rows
            from delivered in rows.DefaultIfEmpty()
            select new
            {
                fleet.Version,
                Store = row,
                Delivery = delivered,
                HasHolds = database.Holds.Any(hold => hold.StateStore == name && !hold.Settled),
                HasProposals = database.Proposals.Any(proposal => proposal.StateStore == name),
                // In the order of their index, so that PostgreSQL takes it whatever it believes of how many there are; without, it reads all placements until it has counted them.
                Stalled = database.Placements.Where(placement => placement.StalledReason != null).OrderBy(placement => placement.Cluster).Select(placement => placement.Cluster).FirstOrDefault(),
            }).SingleOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        var (version, store, delivery) = (found.Version, found.Store, found.Delivery);
        // With the store itself it would come once for each of them, and of one that cannot be reached there may be a hundred thousand.
        var changes = await database.ChangeStores.Where(row => row.StateStore == name && !row.Settled && row.Change <= version)
            .Join(database.Changes, row => row.Change, change => change.Number, (_, change) => change)
            .OrderBy(change => change.Number).Select(change => new PendingChange(change.Number, change.By)).ToListAsync(cancellationToken);
        var holds = !found.HasHolds ? [] : await database.Holds.Where(hold => hold.StateStore == name && !hold.Settled).OrderBy(hold => hold.Number).ToListAsync(cancellationToken);
        var whole = await find(database, store);
        var clusters = await ClustersAsync(database, store, whole, found.Stalled is not null, cancellationToken);
        var placements = clusters.SelectMany(cluster => cluster.Placements).ToList();
        var proposals = !found.HasProposals ? [] : await database.Proposals.Where(proposal => proposal.StateStore == name).ToListAsync(cancellationToken);
        var work = new StoreWork(
            version, store, delivery, clusters,
            store.IsByProposal ? await ProposalWork.BranchesAsync(database, store, delivery, clusters, proposals, changes, cancellationToken)
                : await BranchesAsync(database, store, delivery, clusters, changes, cancellationToken),
            await ManifestsAsync(database, store.Layout, placements, cancellationToken), await RevisionsAsync(database, store.Layout, whole, placements, cancellationToken), changes)
        {
            Holds = holds,
            Proposals = proposals,
        };
        return whole.All && ProposalLook.Concerns(work) ? work with { Proposed = await ProposalWork.FilesAsync(database, name, cancellationToken) } : work;
    }

    private static async Task<IReadOnlyList<BranchWork>> BranchesAsync(
        PromisesDb database, StateStore store, StoreDelivery? delivery, IReadOnlyList<ClusterWork> clusters, IReadOnlyList<PendingChange> changes,
        CancellationToken cancellationToken)
    {
        if (!store.IsBranchPerCluster) return [new BranchWork(store.Branch, delivery?.Head, clusters, changes)];

        var pending = changes.Count == 0 ? [] : await database.ChangeBranches.Where(row => row.StateStore == store.Name && !row.Settled)
            .Select(row => new { row.Cluster, row.Change }).ToListAsync(cancellationToken);
        var concerned = pending.ToLookup(row => row.Cluster, row => row.Change, StringComparer.Ordinal);
        // Of changes from before the store had a branch per cluster nobody knows which clusters they concern.
        var known = pending.Select(row => row.Change).ToHashSet();
        return
        [
            .. clusters.Select(cluster => new BranchWork(
                cluster.Site.Branch, cluster.Delivery.Head, [cluster],
                [.. changes.Where(change => !known.Contains(change.Number) || concerned[cluster.Cluster.Name].Contains(change.Number))])),
        ];
    }

    private async Task<IReadOnlyList<ClusterWork>> ClustersAsync(
        PromisesDb database, StateStore store, WholeClusters whole, bool anyStalled, CancellationToken cancellationToken)
    {
        var (everything, some) = (whole.All, whole.Some.ToArray());
        var rows = await Concerned(database, store.Name, whole, anyStalled)
            .Join(database.Clusters, row => row.Cluster, cluster => cluster.Name, (row, cluster) => new { Delivery = row, Cluster = cluster })
            .OrderBy(row => row.Cluster.Name).ToListAsync(cancellationToken);
        if (!everything && rows.Exists(row => row.Delivery.Failures > 0))
        {
            var edited = await EditedAsync(database, store, cancellationToken);
            rows.RemoveAll(row => !IsDue(row.Delivery, edited));
        }

        var names = rows.Select(row => row.Cluster.Name).ToArray();
        var leaving = rows.Where(row => row.Cluster.Leaving).Select(row => row.Cluster.Name).ToArray();
        var placements = (await database.Placements
            .Where(p => names.Contains(p.Cluster)
                && (everything || p.Leaving || p.Digest != p.WrittenDigest || p.StalledReason != null || leaving.Contains(p.Cluster) || some.Contains(p.Cluster)))
            .OrderBy(p => p.Promise).ToListAsync(cancellationToken)).ToLookup(p => p.Cluster, StringComparer.Ordinal);

        return
        [
            .. rows.Select(row => new ClusterWork(
                row.Cluster, row.Delivery, Site(store, row.Cluster), row.Delivery.WantedVersion > row.Delivery.WrittenVersion, [.. placements[row.Cluster.Name]], cache)),
        ];
    }

    /// <summary>What is mostly there to be read, those behind and those refused, has an index each, as long as nothing else is asked for.</summary>
    private static IQueryable<ClusterDelivery> Concerned(PromisesDb database, string store, WholeClusters whole, bool anyStalled)
    {
        var (all, some) = (database.ClusterDelivery.Where(row => row.StateStore == store), whole.Some.ToArray());
        if (whole.All) return all;
        if (some.Length == 0 && !anyStalled) return all.Where(row => row.WantedVersion > row.WrittenVersion || row.Failures > 0);

        // A stalled placement is tried again with whatever else is written to its store.
        var stalled = database.Placements.Where(placement => placement.StalledReason != null).Select(placement => placement.Cluster);
        return all.Where(row => row.WantedVersion > row.WrittenVersion || row.Failures > 0 || stalled.Contains(row.Cluster) || some.Contains(row.Cluster));
    }

    /// <summary>A branch that was refused is left alone for a while, unless something changed since.</summary>
    private bool IsDue(ClusterDelivery row, long edited) =>
        row.Failures == 0 || row.NextTry <= time.GetUtcNow() || row.WantedVersion > row.TriedVersion || edited > row.TriedVersion;

    /// <summary>The fleet version at which the store or its credential was edited last.</summary>
    private static async Task<long> EditedAsync(PromisesDb database, StateStore store, CancellationToken cancellationToken) => Math.Max(
        store.ResourceVersion,
        await database.Credentials.Where(credential => credential.Name == store.CredentialName).Select(credential => credential.ResourceVersion).SingleOrDefaultAsync(cancellationToken));

    private static ClusterSite Site(StateStore store, Cluster cluster) => new(
        cluster.Name, cluster.Environment, store.Name, RepositoryPath.Join(store.BasePath, cluster.Path), cluster.Agent, store.Layout, store.Url, store.BranchOf(cluster.Name));

    private async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> ManifestsAsync(
        PromisesDb database, Layout layout, IReadOnlyCollection<Placement> placements, CancellationToken cancellationToken)
    {
        var digests = placements.Select(placement => placement.WrittenManifest).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var manifests = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var digest in digests)
        {
            if (cache.FindManifest(digest) is { } files) manifests.Add(digest, files);
        }

        if (digests.Except(manifests.Keys).ToArray() is { Length: > 0 } unknown)
        {
            foreach (var manifest in await database.FileManifests.Where(manifest => unknown.Contains(manifest.Digest)).ToListAsync(cancellationToken))
                manifests.Add(manifest.Digest, manifest.Files);
        }

        if (manifests.Count < digests.Count) await LostManifests.AddAsync(database, cache, layout, placements, manifests, cancellationToken);
        return manifests;
    }

    /// <summary>Content is read and rendered once however many clusters get it, and not at all where the cache has it.</summary>
    private async Task<IReadOnlyDictionary<(string, int), RenderedRevision>> RevisionsAsync(
        PromisesDb database, Layout layout, WholeClusters whole, IEnumerable<Placement> placements, CancellationToken cancellationToken)
    {
        var needed = placements.Where(p => p is { Leaving: false, Digest: not null } && (whole.Has(p.Cluster) || p.Digest != p.WrittenDigest || p.StalledReason is not null))
            .Select(p => (p.Promise, p.Revision)).ToHashSet();
        var rendered = new Dictionary<(string, int), RenderedRevision>();
        if (needed.Count == 0) return rendered;

        var promises = needed.Select(key => key.Promise).ToHashSet(StringComparer.Ordinal);
        var numbers = needed.Select(key => key.Revision).Distinct().ToArray();
        var known = cache.Known(promises, layout).ToArray();
        var found = await database.Revisions.Where(r => promises.Contains(r.Promise) && numbers.Contains(r.Number))
            .Select(r => new { r.Promise, r.Number, r.Digest, Content = known.Contains(r.Digest) ? null : r.Content }).ToListAsync(cancellationToken);
        foreach (var revision in found.Where(r => needed.Contains((r.Promise, r.Number))))
        {
            // What was known is gone where the cache was emptied meanwhile.
            var content = cache.Find(revision.Promise, revision.Digest, layout) ?? cache.Render(
                revision.Promise, revision.Digest, layout,
                revision.Content ?? await database.Revisions.Where(r => r.Promise == revision.Promise && r.Number == revision.Number).Select(r => r.Content).SingleAsync(cancellationToken));
            rendered.Add((revision.Promise, revision.Number), content);
        }

        return rendered;
    }
}
