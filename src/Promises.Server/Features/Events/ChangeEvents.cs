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
    public static void Add(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan, IReadOnlyList<string> stores)
    {
        var rows = edit.Touched.Concat(plan.Changes.Select(Event)).Select((row, ordinal) => new Row(edit.Number, ordinal, row.Type.ToString(), row.Kind, row.Name)).ToList();
        var named = rows.Select(row => (row.Kind, row.Name)).ToHashSet();
        rows.AddRange(Followers(edit, plan, stores).Where(named.Add).Select(row => new Row(null, 0, nameof(EventType.Modified), row.Kind, row.Name)));

        var command = new NpgsqlBatchCommand("INSERT INTO fleet_events (version, ordinal, type, kind, name) SELECT * FROM unnest($1, $2, $3, $4, $5)");
        Add(row => row.Version, NpgsqlDbType.Bigint);
        Add(row => row.Ordinal, NpgsqlDbType.Integer);
        Add(row => row.Type, NpgsqlDbType.Text);
        Add(row => row.Kind, NpgsqlDbType.Text);
        Add(row => row.Name, NpgsqlDbType.Text);
        batch.BatchCommands.Add(command);

        void Add<TValue>(Func<Row, TValue> value, NpgsqlDbType type) =>
            command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
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

    private sealed record Row(long? Version, int Ordinal, string Type, string Kind, string Name);
}
