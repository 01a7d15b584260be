using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Changes;

/// <summary>A change as clients see it: who, when, what was asked, the impact, and the commits it became.</summary>
internal static class ChangeView
{
    public const string Kind = "Change";

    /// <summary>With one commit of each store: a change may have become thousands where every cluster has a branch.</summary>
    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(PromisesDb database, IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        var numbers = changes.Select(change => change.Number).ToArray();
        var stores = (await database.ChangeStores.AsNoTracking().Where(row => numbers.Contains(row.Change)).OrderBy(row => row.StateStore).ToListAsync(cancellationToken))
            .ToLookup(row => row.Change);
        var events = (await database.FleetEvents.AsNoTracking().Where(row => row.Version != null && numbers.Contains(row.Version.Value) && row.Kind != "Placement")
            .OrderBy(row => row.Ordinal).ToListAsync(cancellationToken)).ToLookup(row => row.Version!.Value);
        return [.. changes.Select(change => Of(change, stores[change.Number].Where(IsSeen).Select(Commit), events[change.Number]))];
    }

    /// <summary>With all commits.</summary>
    public static async Task<JsonObject> ReadWholeAsync(PromisesDb database, Change change, CancellationToken cancellationToken)
    {
        var view = (await ReadAsync(database, [change], cancellationToken))[0];
        var branches = await database.ChangeBranches.AsNoTracking().Where(row => row.Change == change.Number)
            .OrderBy(row => row.StateStore).ThenBy(row => row.Cluster).ToListAsync(cancellationToken);
        if (branches.Count == 0) return view;

        var stores = await database.ChangeStores.AsNoTracking().Where(row => row.Change == change.Number).ToListAsync(cancellationToken);
        var own = branches.ToLookup(row => row.StateStore, StringComparer.Ordinal);
        view["status"]!["commits"] = new JsonArray([.. stores.OrderBy(row => row.StateStore, StringComparer.Ordinal).SelectMany(store =>
            own[store.StateStore].Where(row => row.Commit is not null || (!row.Settled && !store.Settled)).Select(Commit) is var commits && commits.Any() ? commits
            : IsSeen(store) ? [Commit(store)] : [])]);
        return view;
    }

    private static JsonNode Commit(ChangeStore row) => new JsonObject { ["stateStore"] = row.StateStore, ["commit"] = row.Commit, ["settled"] = row.Settled };

    private static JsonNode Commit(ChangeBranch row) =>
        new JsonObject { ["stateStore"] = row.StateStore, ["branch"] = row.Branch, ["commit"] = row.Commit, ["settled"] = row.Settled };

    private static JsonObject Of(Change change, IEnumerable<JsonNode> commits, IEnumerable<FleetEvent> events)
    {
        var number = change.Number.ToString(CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["apiVersion"] = ApiResults.ApiVersion,
            ["kind"] = Kind,
            ["metadata"] = new JsonObject { ["name"] = number, ["resourceVersion"] = number, ["creationTimestamp"] = ApiJson.Time(change.At) },
            ["spec"] = new JsonObject
            {
                ["by"] = change.By,
                ["request"] = new JsonObject { ["method"] = change.Method, ["path"] = change.Path },
                ["summary"] = change.Summary,
                ["objects"] = new JsonArray([.. events.Select(row => (JsonNode)new JsonObject { ["kind"] = row.Kind, ["name"] = row.Name, ["type"] = row.Type.ToString().ToUpperInvariant() })]),
            },
            ["status"] = new JsonObject
            {
                ["impact"] = JsonNode.Parse(change.Impact),
                ["commits"] = new JsonArray([.. commits]),
            },
        };
    }

    /// <summary>Where the branch had everything already, a change became no commit there.</summary>
    private static bool IsSeen(ChangeStore row) => row.Commit is not null || !row.Settled;
}
