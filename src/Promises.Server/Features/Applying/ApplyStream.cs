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

    private ApplyStream(List<ApplyItem> items, IReadOnlyList<FieldError> errors, IReadOnlyList<(int Index, IFleetKind Kind, DocumentReading Read)> mistaken) =>
        (_items, Errors, Mistaken) = (items, errors, mistaken);

    public IReadOnlyList<FieldError> Errors { get; }

    /// <summary>Documents that are not valid in themselves.</summary>
    public IReadOnlyList<(int Index, IFleetKind Kind, DocumentReading Read)> Mistaken { get; }

    /// <summary>References are met in this order: environments, credentials, stores, clusters, Promises.</summary>
    public IEnumerable<ApplyItem> InOrder => _items.Where(item => item.Kind is not null).OrderBy(item => item.Kind!.Order).ThenBy(item => item.Index);

    public static ApplyStream Read(IReadOnlyList<SourceDocument> documents, DocumentContext context, IEnumerable<IFleetKind> kinds)
    {
        var (items, errors, mistaken) = (new List<ApplyItem>(), new List<FieldError>(), new List<(int, IFleetKind, DocumentReading)>());
        foreach (var (content, index) in Unrolled(documents).Select((content, index) => (content, index)))
        {
            var read = FleetDocuments.Read(content, null, context with { Document = index });
            errors.AddRange(read.Errors.Select(error => error with { Document = index }));
            var (kind, name) = FleetDocuments.Describe(content);
            var taker = read.Document is null ? null : kinds.FirstOrDefault(known => known.Takes(read.Document));
            items.Add(new ApplyItem(index, kind, name, read.IsValid ? read.Document : null, read.IsValid ? taker : null));
            if (!read.IsValid && taker is not null) mistaken.Add((index, taker, read));
        }

        foreach (var twice in items.Where(item => item.Document is not null and not SkippedDocument).GroupBy(item => (item.Document!.Kind, item.Document.Meta.Name)))
        {
            errors.AddRange(twice.Skip(1).Select(item => new FieldError(
                "/metadata/name", item.Name, Rules.DuplicateObject, $"Document {twice.First().Index} is the same {twice.Key.Kind}; send each object once.", item.Index)));
        }

        return new ApplyStream(items, errors, mistaken);
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

    /// <summary>Whether an error only follows from another: what is referred to stands in this stream, and is not valid itself.</summary>
    public bool Follows(FieldError error) => error.Rule switch
    {
        Rules.UnknownEnvironment => IsMistaken(Kinds.Environment, error.Value),
        Rules.UnknownStateStore => IsMistaken(Kinds.StateStore, error.Value),
        Rules.UnknownCredential => IsMistaken(Kinds.Credential, error.Value),
        Rules.UnknownPromise => IsMistaken(Kinds.Promise, error.Value),
        _ => false,
    };

    public JsonObject Result() => new() { ["kind"] = "ApplyResult", ["results"] = Results(null) };

    public JsonArray Results(Failure? failure)
    {
        var invalid = (failure as Failure.Invalid)?.Errors.Select(error => error.Document).ToHashSet() ?? [];
        return [.. _items.Select(item => (JsonNode)item.View(invalid.Contains(item.Index)))];
    }

    private bool IsMistaken(string kind, string? name) => Mistaken.Any(one => one.Kind.Kind == kind && one.Read.Document!.Meta.Name == name);

    /// <summary>A JSON array, and a List of any apiVersion, count as the documents in them.</summary>
    private static IEnumerable<JsonNode?> Unrolled(IReadOnlyList<SourceDocument> documents) => documents.SelectMany(document => document.Content switch
    {
        JsonArray array => array.SelectMany(Items),
        var content => Items(content),
    });

    private static IEnumerable<JsonNode?> Items(JsonNode? node) =>
        node is JsonObject list && list["kind"] is JsonValue kind && kind.ToString() == "List" && list["items"] is JsonArray items ? items : [node];
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
