using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Manifests;
using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.Server.Features.Placements;

namespace Promises.Server.Features.Catalog;

/// <summary>A Promise as clients see it: the content last written, and where which revision is.</summary>
internal static class PromiseView
{
    public const string Kind = "Promise";

    /// <summary>As it was, before it is deleted.</summary>
    public static async Task<JsonObject> ReadAsync(PromisesDb database, Promise promise, CancellationToken cancellationToken) =>
        (await ReadAsync(database, [promise], cancellationToken))[0];

    /// <summary>Of a write, which knows the content: by the time it is shown, others may have gone further.</summary>
    public static async Task<JsonObject> ReadAsync(
        PromisesDb database, Promise promise, string digest, string content, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken) =>
        View(promise, digest, content, await StandingAsync(database, [promise], cancellationToken), warnings);

    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(PromisesDb database, IReadOnlyList<Promise> promises, CancellationToken cancellationToken)
    {
        var standing = await StandingAsync(database, promises, cancellationToken);
        var views = new List<JsonObject>();
        foreach (var promise in promises)
        {
            // One whose last file was removed a moment ago is shown as if it had never been.
            if (await database.Revisions.FindAsync([promise.Name, promise.CurrentRevision], cancellationToken) is { } current)
                views.Add(View(promise, current.Digest, current.Content, standing, []));
        }

        return views;
    }

    private static async Task<Standing> StandingAsync(PromisesDb database, IReadOnlyList<Promise> promises, CancellationToken cancellationToken)
    {
        var names = promises.Select(promise => promise.Name).ToArray();
        var counts = await PlacementCounts.ReadAsync(database, "promise", names, cancellationToken);
        var pins = await Tracked.ReadAsync(database, database.Pins.Where(pin => names.Contains(pin.Promise)), pin => names.Contains(pin.Promise), cancellationToken);
        return new Standing(counts, pins);
    }

    private static JsonObject View(Promise promise, string digest, string content, Standing standing, IReadOnlyList<Warning> warnings)
    {
        var status = new JsonObject
        {
            ["latestRevision"] = promise.LatestRevision,
            ["digest"] = digest,
            ["pins"] = new JsonObject(standing.Pins.Where(pin => pin.Promise == promise.Name).OrderBy(pin => pin.Environment, StringComparer.Ordinal)
                .Select(pin => KeyValuePair.Create(pin.Environment, (JsonNode?)pin.Revision))),
            ["placements"] = standing.Counts.GetValueOrDefault(promise.Name) ?? PlacementCounts.None(),
            ["conditions"] = new JsonArray(),
        };
        return ObjectView.Of(Kind, promise, CanonicalJson.Read(content), status, warnings);
    }

    /// <summary>Where the Promises of a view are.</summary>
    private sealed record Standing(IReadOnlyDictionary<string, JsonObject> Counts, IReadOnlyList<Pin> Pins);
}
