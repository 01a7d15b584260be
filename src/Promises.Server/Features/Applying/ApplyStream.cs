using System.Text.Json.Nodes;
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

    /// <summary>The first of the conflicts with the fleet.</summary>
    public Failure? Conflict => _items.Find(item => item.Conflict is not null)?.Conflict;

    public int? ConflictDocument => _items.Find(item => item.Conflict is not null)?.Index;

    public IReadOnlyList<FieldError> ConflictErrors =>
        [.. _items.Where(item => item.Conflict is not null).Select(item => ApplyConflicts.AsError(item.Conflict!, item.Index)).OfType<FieldError>()];

    public static ApplyStream Read(UnrolledStream stream, DocumentContext context, IEnumerable<IFleetKind> kinds)
    {
        var (items, errors, mistaken) = (new List<ApplyItem>(), stream.Errors.ToList(), new List<(int, IFleetKind, DocumentReading)>());
        var broken = errors.Select(error => error.Document).ToHashSet();
        foreach (var (content, index) in stream.Documents.Select((content, index) => (content, index)))
        {
            var (kind, name) = FleetDocuments.Describe(content);
            FleetDocument? document = null;
            if (!broken.Contains(index))
            {
                var read = FleetDocuments.Read(content, null, context with { Document = index });
                errors.AddRange(read.Errors.Select(error => error with { Document = index }));
                if (read.IsValid) document = read.Document;
                else if (read.Document is not null && kinds.FirstOrDefault(known => known.Takes(read.Document)) is { } taker) mistaken.Add((index, taker, read));
            }

            var ours = document is null ? null : kinds.FirstOrDefault(known => known.Takes(document));
            var writer = document is null ? kinds.FirstOrDefault(known => known.Kind == FleetDocuments.OurKind(kind)) : ours;
            items.Add(new ApplyItem(index, kind, name, document, ours, writer?.Writer ?? Role.Viewer));
        }

        foreach (var twice in items.Where(item => item.Document is not null and not SkippedDocument).GroupBy(item => (item.Document!.Kind, item.Document.Meta.Name)))
        {
            errors.AddRange(twice.Skip(1).Select(item => new FieldError(
                "/metadata/name", item.Name, Rules.DuplicateObject, $"Document {twice.First().Index} is the same {twice.Key.Kind}; send each object once.", item.Index)));
        }

        return new ApplyStream(items, errors, mistaken);
    }

    /// <summary>Forgets what an earlier try of the same write came to.</summary>
    public void Restart() => _items.ForEach(item => item.Restart());

    public Failure? Forbidden(WriteRequest request)
    {
        var needed = request.DryRun ? Role.Viewer : _items.Select(item => item.Writer).DefaultIfEmpty(Role.Viewer).Max();
        return request.Role >= needed
            ? null
            : new Failure.Forbidden($"The stream holds a document that takes a token of role {needed.ToString().ToLowerInvariant()}, and this one has role {request.Role.ToString().ToLowerInvariant()}.");
    }

    /// <summary>Whether the fleet, or this stream, has a Promise of that name.</summary>
    public bool HasPromise(FleetSnapshot fleet, string name) =>
        fleet.HasPromise(name) || _items.Any(item => item.Document is PromiseDocument promise && promise.Meta.Name == name);

    /// <summary>A reference that misses only because the document it means was refused itself says so.</summary>
    public FieldError Explained(FieldError error)
    {
        var kind = error.Rule switch
        {
            Rules.UnknownEnvironment => Kinds.Environment,
            Rules.UnknownStateStore => Kinds.StateStore,
            Rules.UnknownCredential => Kinds.Credential,
            Rules.UnknownPromise => Kinds.Promise,
            _ => null,
        };
        var meant = kind is null ? null : _items.Find(item => item.IsRefused && item.Name == error.Value && FleetDocuments.OurKind(item.SentKind) == kind);
        return meant is null ? error : error with { Remedy = $"Document {meant.Index} would bring it; put that right first." };
    }

    public JsonObject Result() => new() { ["kind"] = "ApplyResult", ["results"] = Results(null) };

    public JsonArray Results(Failure? failure)
    {
        var invalid = (failure as Failure.Invalid)?.Errors.Select(error => error.Document).ToHashSet() ?? [];
        return [.. _items.Select(item => (JsonNode)item.View(invalid.Contains(item.Index)))];
    }
}
