using Npgsql;
using NpgsqlTypes;
using Promises.Model;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Events;

/// <summary>The events of one change: what it touched, under its number, and whatever shows that in its status, without one. Snapshots move by the former only.</summary>
internal static class ChangeEvents
{
    /// <param name="stores">Those that have something to write now.</param>
    public static async Task AddAsync(
        NpgsqlConnection connection, FleetEdit edit, FleetPlan plan, IReadOnlyList<string> stores, CancellationToken cancellationToken)
    {
        var touched = edit.Touched.Concat(plan.Changes.Select(Event)).ToList();
        var named = touched.Select(row => (row.Kind, row.Name)).ToHashSet();

        await using var rows = await connection.BeginBinaryImportAsync("COPY fleet_events (version, ordinal, type, kind, name) FROM STDIN (FORMAT BINARY)", cancellationToken);
        var ordinal = 0;
        foreach (var (type, kind, name) in touched) await AddAsync(rows, edit.Number, ordinal++, type, kind, name, cancellationToken);
        foreach (var (kind, name) in Followers(edit, plan, stores).Where(named.Add)) await AddAsync(rows, null, 0, EventType.Modified, kind, name, cancellationToken);
        await rows.CompleteAsync(cancellationToken);
    }

    private static (EventType Type, string Kind, string Name) Event(PlacementChange change) => (
        change.Kind == ChangeKind.Remove ? EventType.Deleted : change.Before is null ? EventType.Added : EventType.Modified,
        "Placement", $"{change.Promise}.{change.Cluster}");

    /// <summary>Objects whose status counts, pins or waits for what changed.</summary>
    private static IEnumerable<(string Kind, string Name)> Followers(FleetEdit edit, FleetPlan plan, IReadOnlyList<string> stores)
    {
        foreach (var change in plan.Changes)
        {
            yield return ("Cluster", change.Cluster);
            yield return ("Promise", change.Promise);
        }

        foreach (var placement in edit.Resited.SelectMany(plan.After.PlacementsOn)) yield return ("Placement", $"{placement.Promise}.{placement.Cluster}");
        foreach (var store in stores) yield return ("StateStore", store);

        // Those that come or go are counted by their environment, and waited for by their store.
        foreach (var touched in edit.Touched.Where(touched => touched is { Kind: "Cluster", Type: not EventType.Modified }))
        {
            if ((plan.After.FindCluster(touched.Name) ?? plan.Before.FindCluster(touched.Name)) is not { } cluster) continue;
            yield return ("Environment", cluster.Environment);
            yield return ("StateStore", cluster.StateStore);
        }

        foreach (var environment in plan.Before.Ladder.Concat(plan.After.Ladder).Select(rung => rung.Name).Distinct(StringComparer.Ordinal))
        {
            var (before, after) = (plan.Before.PinsOf(environment), plan.After.PinsOf(environment));
            if (ReferenceEquals(before, after)) continue;
            foreach (var promise in before.Keys.Union(after.Keys).Where(promise => before.GetValueOrDefault(promise) != after.GetValueOrDefault(promise)))
            {
                yield return ("Environment", environment);
                yield return ("Promise", promise);
            }
        }
    }

    private static async Task AddAsync(
        NpgsqlBinaryImporter rows, long? version, int ordinal, EventType type, string kind, string name, CancellationToken cancellationToken)
    {
        await rows.StartRowAsync(cancellationToken);
        if (version is null) await rows.WriteNullAsync(cancellationToken);
        else await rows.WriteAsync(version.Value, NpgsqlDbType.Bigint, cancellationToken);
        await rows.WriteAsync(ordinal, cancellationToken);
        await rows.WriteAsync(type.ToString(), cancellationToken);
        await rows.WriteAsync(kind, cancellationToken);
        await rows.WriteAsync(name, cancellationToken);
    }
}
