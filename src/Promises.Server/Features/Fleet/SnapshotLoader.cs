using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>Reads snapshots from the database: whole, or moved forward by the events since one.</summary>
internal static class SnapshotLoader
{
    /// <summary>Past so many events a full load is the quicker way.</summary>
    private const int ForwardLimit = 20_000;

    public static async Task<FleetSnapshot> LoadAsync(PromisesDb database, long version, CancellationToken cancellationToken)
    {
        var environments = await database.Environments.AsNoTracking().ToListAsync(cancellationToken);
        var pins = await database.Pins.AsNoTracking().ToListAsync(cancellationToken);
        var stores = await database.StateStores.AsNoTracking().ToListAsync(cancellationToken);
        var clusters = await database.Clusters.AsNoTracking().Where(cluster => !cluster.Leaving).ToListAsync(cancellationToken);
        var leaving = await database.Promises.AsNoTracking().Where(promise => promise.Leaving).Select(promise => promise.Name).ToListAsync(cancellationToken);
        var placements = await database.Placements.Where(row => !row.Leaving).Select(FleetStates.OfPlacement).ToListAsync(cancellationToken);

        // One at a time: content may be megabytes, and only identities and digests of it are kept.
        var revisions = new List<RevisionState>();
        await foreach (var revision in database.Revisions.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!leaving.Contains(revision.Promise)) revisions.Add(State(revision));
        }

        var gone = leaving.ToHashSet(StringComparer.Ordinal);
        return FleetSnapshot.Create(
            version,
            environments.Select(FleetStates.Of),
            pins.Where(pin => !gone.Contains(pin.Promise)).Select(pin => new PinState(pin.Environment, pin.Promise, pin.Revision)),
            stores.Select(FleetStates.Of),
            clusters.Select(ClusterState.From),
            [],
            revisions,
            placements);
    }

    public static async Task<FleetSnapshot> ForwardAsync(PromisesDb database, FleetSnapshot from, long version, CancellationToken cancellationToken)
    {
        var events = await database.FleetEvents.AsNoTracking()
            .Where(row => row.Version > from.Version && row.Version <= version).OrderBy(row => row.Version)
            .Select(row => new { row.Version, row.Type, row.Kind, row.Name }).Take(ForwardLimit + 1).ToListAsync(cancellationToken);
        // Old rows are removed, those of placements first.
        var complete = await database.Database.SqlQuery<long>($"SELECT version AS \"Value\" FROM event_horizon").SingleAsync(cancellationToken);
        if (from.Version < complete || events.Count > ForwardLimit || events.Select(row => row.Version).Distinct().Count() < version - from.Version)
            return await LoadAsync(database, version, cancellationToken);

        var names = events.ToLookup(row => row.Kind, row => row.Name, StringComparer.Ordinal);
        var snapshot = from;
        snapshot = await StoresAsync(database, snapshot, [.. names["StateStore"].Distinct()], cancellationToken);
        snapshot = await EnvironmentsAsync(database, snapshot, [.. names["Environment"].Distinct()], cancellationToken);
        snapshot = await PromisesAsync(database, snapshot, [.. names["Promise"].Distinct()], cancellationToken);
        snapshot = await ClustersAsync(database, snapshot, [.. names["Cluster"].Distinct()], cancellationToken);
        // A cluster takes its placements along, without a word about them where their files stay; one of its name may be here by now.
        var renewed = events.Where(row => row is { Kind: "Cluster", Type: not EventType.Modified }).Select(row => row.Name);
        var placed = names["Placement"].Select(name => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]).Concat(renewed).Distinct().ToArray();
        snapshot = await PlacementsAsync(database, snapshot, placed, cancellationToken);
        return snapshot.WithVersion(version);
    }

    private static RevisionState State(Revision revision) =>
        RevisionState.From(revision.Promise, revision.Number, revision.Digest, PromiseContent.Read(revision.Content));

    private static async Task<FleetSnapshot> StoresAsync(PromisesDb database, FleetSnapshot snapshot, string[] names, CancellationToken cancellationToken)
    {
        if (names.Length == 0) return snapshot;
        var rows = await database.StateStores.AsNoTracking().Where(store => names.Contains(store.Name)).ToListAsync(cancellationToken);
        snapshot = names.Except(rows.Select(row => row.Name)).Aggregate(snapshot, (fleet, name) => fleet.WithoutStore(name));
        return rows.Aggregate(snapshot, (fleet, row) => fleet.WithStore(FleetStates.Of(row)));
    }

    private static async Task<FleetSnapshot> EnvironmentsAsync(PromisesDb database, FleetSnapshot snapshot, string[] names, CancellationToken cancellationToken)
    {
        if (names.Length == 0) return snapshot;
        var rows = await database.Environments.AsNoTracking().Where(row => names.Contains(row.Name)).ToListAsync(cancellationToken);
        var pins = await database.Pins.AsNoTracking().Where(pin => names.Contains(pin.Environment)).ToListAsync(cancellationToken);
        snapshot = names.Except(rows.Select(row => row.Name)).Aggregate(snapshot, (fleet, name) => fleet.WithoutEnvironment(name));
        snapshot = rows.Aggregate(snapshot, (fleet, row) => fleet.WithEnvironment(FleetStates.Of(row)));

        // A new rung starts with pins of Promises that this change did not touch otherwise; those that are not known yet come with their own event.
        return pins.Where(pin => snapshot.FindRevision(pin.Promise, pin.Revision) is not null)
            .Aggregate(snapshot, (fleet, pin) => fleet.WithPin(pin.Environment, pin.Promise, pin.Revision));
    }

    private static async Task<FleetSnapshot> PromisesAsync(PromisesDb database, FleetSnapshot snapshot, string[] names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            if (!await database.Promises.AnyAsync(promise => promise.Name == name && !promise.Leaving, cancellationToken))
            {
                snapshot = snapshot.WithoutPromise(name);
                continue;
            }

            var known = snapshot.RevisionsOf(name).Select(revision => revision.Number).ToArray();
            var rows = await database.Revisions.AsNoTracking().Where(row => row.Promise == name && !known.Contains(row.Number)).ToListAsync(cancellationToken);
            snapshot = rows.Aggregate(snapshot, (fleet, row) => fleet.WithRevision(State(row)));
            var pins = await database.Pins.AsNoTracking().Where(pin => pin.Promise == name).ToListAsync(cancellationToken);
            snapshot = pins.Where(pin => snapshot.FindEnvironment(pin.Environment) is not null)
                .Aggregate(snapshot, (fleet, pin) => fleet.WithPin(pin.Environment, name, pin.Revision));
        }

        return snapshot;
    }

    private static async Task<FleetSnapshot> ClustersAsync(PromisesDb database, FleetSnapshot snapshot, string[] names, CancellationToken cancellationToken)
    {
        if (names.Length == 0) return snapshot;
        var rows = await database.Clusters.AsNoTracking().Where(cluster => names.Contains(cluster.Name) && !cluster.Leaving).ToListAsync(cancellationToken);
        snapshot = names.Except(rows.Select(row => row.Name)).Aggregate(snapshot, (fleet, name) => fleet.WithoutCluster(name));
        return rows.Aggregate(snapshot, (fleet, row) => fleet.WithCluster(ClusterState.From(row)));
    }

    private static async Task<FleetSnapshot> PlacementsAsync(PromisesDb database, FleetSnapshot snapshot, string[] clusters, CancellationToken cancellationToken)
    {
        if (clusters.Length == 0) return snapshot;
        var rows = await database.Placements.Where(row => clusters.Contains(row.Cluster) && !row.Leaving).Select(FleetStates.OfPlacement).ToListAsync(cancellationToken);
        var byCluster = rows.ToLookup(row => row.Cluster, StringComparer.Ordinal);
        return clusters.Aggregate(snapshot, (fleet, name) => fleet.WithPlacements(name, [.. byCluster[name]]));
    }
}
