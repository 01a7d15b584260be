using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.Server.Features.Placements;

namespace Promises.Server.Features.Catalog;

/// <summary>A Promise as clients see it: the content last written, and where which revision is.</summary>
internal static class PromiseView
{
    public const string Kind = "Promise";

    public static async Task<JsonObject> ReadAsync(
        PromisesDb database, Promise promise, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken) =>
        (await ReadAsync(database, [promise], warnings, cancellationToken))[0];

    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(
        PromisesDb database, IReadOnlyList<Promise> promises, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken)
    {
        var names = promises.Select(promise => promise.Name).ToArray();
        var counts = await PlacementCounts.ReadAsync(database, placement => names.Contains(placement.Promise), placement => placement.Promise, cancellationToken);
        var pins = await Tracked.ReadAsync(database, database.Pins.Where(pin => names.Contains(pin.Promise)), pin => names.Contains(pin.Promise), cancellationToken);
        var views = new List<JsonObject>();
        foreach (var promise in promises)
        {
            var current = await database.Revisions.FindAsync([promise.Name, promise.CurrentRevision], cancellationToken)
                ?? throw new InvalidOperationException($"Revision {promise.CurrentRevision} of '{promise.Name}' is missing in the database.");
            var status = new JsonObject
            {
                ["latestRevision"] = promise.LatestRevision,
                ["digest"] = current.Digest,
                ["pins"] = new JsonObject(pins.Where(pin => pin.Promise == promise.Name).OrderBy(pin => pin.Environment, StringComparer.Ordinal)
                    .Select(pin => KeyValuePair.Create(pin.Environment, (JsonNode?)pin.Revision))),
                ["placements"] = counts.GetValueOrDefault(promise.Name) ?? PlacementCounts.None(),
                ["conditions"] = new JsonArray(),
            };
            views.Add(ObjectView.Of(Kind, promise, JsonNode.Parse(current.Content)!.AsObject(), status, warnings));
        }

        return views;
    }
}
