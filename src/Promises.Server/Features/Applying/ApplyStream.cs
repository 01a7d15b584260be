using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Applying;

/// <summary>The documents of one request, with what became of each.</summary>
internal sealed class ApplyStream
{
    private readonly List<ApplyItem> _items;

    private ApplyStream(List<ApplyItem> items, IReadOnlyList<FieldError> errors) => (_items, Errors) = (items, errors);

    public IReadOnlyList<FieldError> Errors { get; }

    /// <summary>References are met in this order: environments, credentials, stores, clusters, Promises.</summary>
    public IEnumerable<ApplyItem> InOrder => _items.Where(item => item.Kind is not null).OrderBy(item => item.Kind!.Order).ThenBy(item => item.Index);

    public static ApplyStream Read(IReadOnlyList<SourceDocument> documents, DocumentContext context, IEnumerable<IFleetKind> kinds)
    {
        var (items, errors) = (new List<ApplyItem>(), new List<FieldError>());
        foreach (var (content, index) in Unrolled(documents).Select((content, index) => (content, index)))
        {
            var parsed = FleetDocuments.Parse(content, null, context with { Document = index });
            if (parsed.Failure is Failure.Invalid invalid) errors.AddRange(invalid.Errors.Select(error => error with { Document = index }));
            var (kind, name) = FleetDocuments.Describe(content);
            var document = parsed.Succeeded ? parsed.Value : null;
            items.Add(new ApplyItem(index, kind, name, document, document is null ? null : kinds.FirstOrDefault(known => known.Takes(document))));
        }

        foreach (var twice in items.Where(item => item.Document is not null and not SkippedDocument).GroupBy(item => (item.Document!.Kind, item.Document.Meta.Name)))
        {
            errors.AddRange(twice.Skip(1).Select(item => new FieldError(
                "/metadata/name", item.Name, Rules.DuplicateObject, $"Document {twice.First().Index} is the same {twice.Key.Kind}; send each object once.", item.Index)));
        }

        return new ApplyStream(items, errors);
    }

    public Failure? Forbidden(WriteRequest request)
    {
        var needed = request.DryRun ? Role.Viewer : _items.Select(item => item.Kind?.Writer ?? Role.Viewer).DefaultIfEmpty(Role.Viewer).Max();
        return request.Role >= needed
            ? null
            : new Failure.Forbidden($"The stream holds a document that takes a token of role {needed.ToString().ToLowerInvariant()}, and this one has role {request.Role.ToString().ToLowerInvariant()}.");
    }

    /// <summary>Whether the fleet, or this stream, has a Promise of that name.</summary>
    public bool HasPromise(FleetSnapshot fleet, string name) =>
        fleet.HasPromise(name) || _items.Any(item => item.Document is PromiseDocument promise && promise.Meta.Name == name);

    public JsonObject Result() => new() { ["kind"] = "ApplyResult", ["results"] = Results(null) };

    public JsonArray Results(Failure? failure)
    {
        var invalid = (failure as Failure.Invalid)?.Errors.Select(error => error.Document).ToHashSet() ?? [];
        return [.. _items.Select(item => (JsonNode)item.View(invalid.Contains(item.Index)))];
    }

    /// <summary>A JSON array, and a List of any apiVersion, count as the documents in them.</summary>
    private static IEnumerable<JsonNode?> Unrolled(IReadOnlyList<SourceDocument> documents) => documents.SelectMany(document => document.Content switch
    {
        JsonArray array => array.SelectMany(Items),
        var content => Items(content),
    });

    // Not a JsonArray: the node has its parent already.
    private static IEnumerable<JsonNode?> Items(JsonNode? node) =>
        node is JsonObject list && list["kind"] is JsonValue kind && kind.ToString() == "List" && list["items"] is JsonArray items ? items : new JsonNode?[] { node };
}

/// <summary>One document of a stream.</summary>
/// <param name="Kind">Null where it is skipped or not valid.</param>
internal sealed record ApplyItem(int Index, string? SentKind, string? Name, FleetDocument? Document, IFleetKind? Kind)
{
    private Edited? _edited;
    private bool _refused;

    public void Done(Edited edited) => _edited = edited;

    public Failure Refuse(Failure failure)
    {
        _refused = true;
        return failure;
    }

    /// <summary>The document, with requirements of Kratix that name nothing set aside.</summary>
    public FleetDocument Known(FleetSnapshot fleet, ApplyStream stream) => Document is PromiseDocument promise
        ? promise.WithoutRequirements(promise.Tentative.Select(tentative => tentative.Promise).Where(name => !stream.HasPromise(fleet, name)).ToHashSet(StringComparer.Ordinal))
        : Document!;

    public JsonObject View(bool invalid) => new()
    {
        ["document"] = Index,
        ["kind"] = SentKind,
        ["name"] = Name,
        ["result"] = invalid || _refused || Document is null ? "Invalid" : Document is SkippedDocument ? "Skipped" : (_edited?.Effect ?? Effect.Unchanged).ToString(),
        ["warnings"] = ObjectView.Warnings(_edited?.Warnings ?? Document?.Warnings ?? []),
    };
}
