using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Placements;

/// <summary>How many placements are in which state: <c>{total, Pending, Written, …}</c>.</summary>
internal static class PlacementCounts
{
    public static JsonObject None() => View([]);

    public static async Task<IReadOnlyDictionary<string, JsonObject>> ReadAsync(
        PromisesDb database, Expression<Func<Placement, bool>> which, Expression<Func<Placement, string>> key, CancellationToken cancellationToken) =>
        (await Of(database, which, key).ToListAsync(cancellationToken)).GroupBy(row => row.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, View, StringComparer.Ordinal);

    /// <summary>The same, to be read as part of a larger query.</summary>
    public static IQueryable<PlacementCount> Of(PromisesDb database, Expression<Func<Placement, bool>> which, Expression<Func<Placement, string>> key)
    {
        var placement = key.Parameters[0];
        var rule = PlacementStates.Rule(database);
        var state = new PlacementStates.Replace(rule.Parameters[0], placement).Visit(rule.Body);
        var pair = Expression.Lambda<Func<Placement, KeyAndState>>(
            Expression.MemberInit(
                Expression.New(typeof(KeyAndState)),
                Expression.Bind(typeof(KeyAndState).GetProperty(nameof(KeyAndState.Key))!, key.Body),
                Expression.Bind(typeof(KeyAndState).GetProperty(nameof(KeyAndState.State))!, state)),
            placement);

        return database.Placements.AsNoTracking().Where(which).Select(pair)
            .GroupBy(row => new { row.Key, row.State })
            .Select(group => new PlacementCount { Key = group.Key.Key, State = group.Key.State, Count = group.Count() });
    }

    public static JsonObject View(IEnumerable<PlacementCount> counts)
    {
        var byState = counts.ToDictionary(count => count.State, count => count.Count, StringComparer.Ordinal);
        var view = new JsonObject { ["total"] = byState.Values.Sum() };
        foreach (var state in PlacementStates.All) view[state] = byState.GetValueOrDefault(state);
        return view;
    }

    private sealed class KeyAndState
    {
        public string Key { get; set; } = "";

        public string State { get; set; } = "";
    }
}

/// <summary>Placements with the same key that are in the same state.</summary>
internal sealed class PlacementCount
{
    public required string Key { get; init; }

    public required string State { get; init; }

    public required int Count { get; init; }
}
