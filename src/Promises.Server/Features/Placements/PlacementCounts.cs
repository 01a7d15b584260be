using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Placements;

/// <summary>How many placements are in which state: <c>{total, Pending, Written, …}</c>.</summary>
internal static class PlacementCounts
{
    public static JsonObject None() => Of(new Dictionary<string, int>());

    public static async Task<IReadOnlyDictionary<string, JsonObject>> ReadAsync(
        PromisesDb database, Expression<Func<Placement, bool>> which, Expression<Func<Placement, string>> key, CancellationToken cancellationToken)
    {
        var placement = key.Parameters[0];
        var rule = await PlacementStates.RuleAsync(database, cancellationToken);
        var state = new PlacementStates.Replace(rule.Parameters[0], placement).Visit(rule.Body);
        var pair = Expression.Lambda<Func<Placement, KeyAndState>>(
            Expression.MemberInit(
                Expression.New(typeof(KeyAndState)),
                Expression.Bind(typeof(KeyAndState).GetProperty(nameof(KeyAndState.Key))!, key.Body),
                Expression.Bind(typeof(KeyAndState).GetProperty(nameof(KeyAndState.State))!, state)),
            placement);

        var rows = await database.Placements.AsNoTracking().Where(which).Select(pair)
            .GroupBy(row => new { row.Key, row.State })
            .Select(group => new { group.Key.Key, group.Key.State, Count = group.Count() })
            .ToListAsync(cancellationToken);
        return rows.GroupBy(row => row.Key, StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => Of(group.ToDictionary(row => row.State, row => row.Count)), StringComparer.Ordinal);
    }

    private static JsonObject Of(Dictionary<string, int> counts)
    {
        var view = new JsonObject { ["total"] = counts.Values.Sum() };
        foreach (var state in PlacementStates.All) view[state] = counts.GetValueOrDefault(state);
        return view;
    }

    private sealed class KeyAndState
    {
        public string Key { get; set; } = "";

        public string State { get; set; } = "";
    }
}
