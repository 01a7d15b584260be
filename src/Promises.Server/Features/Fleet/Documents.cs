using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Http;

namespace Promises.Server.Features.Fleet;

/// <summary>From what a client sent to a validated document of one kind.</summary>
internal static class Documents
{
    /// <param name="name">From the path, for routes of one object: the body may leave it out, but not name another.</param>
    public static DocumentReading Read(JsonNode content, string kind, string? name, DocumentContext context)
    {
        var renamed = name is not null && content is JsonObject document ? TakeName(document, name) : null;
        var read = FleetDocuments.Read(content, kind, context);
        return renamed is null ? read : read with { Errors = [renamed, .. read.Errors] };
    }

    /// <summary>The mistakes of a document that is not valid: its own, and those that only the fleet can tell.</summary>
    public static async Task<Failure.Invalid> MistakesAsync(IFleetKind kind, FleetEdit edit, DocumentReading read, CancellationToken cancellationToken)
    {
        if (read.Document is null || !kind.Takes(read.Document)) return new Failure.Invalid(read.Kind, read.Errors);

        // What is mistaken in itself was read as absent, so more about the same place would only mislead.
        var told = read.Errors.Select(error => error.Pointer).ToHashSet(StringComparer.Ordinal);
        var ofTheFleet = await kind.CheckAsync(edit, read.Document, cancellationToken);
        return new Failure.Invalid(read.Kind, [.. read.Errors, .. ofTheFleet.Where(error => !told.Contains(error.Pointer))]);
    }

    /// <summary>The document that a patch is merged into: what a client could have sent to make the object as it is.</summary>
    public static JsonObject Of(string kind, FleetObject source, JsonObject spec) => new()
    {
        ["apiVersion"] = ApiResults.ApiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = source.Name,
            ["labels"] = Metadata.Map(source.Labels),
            ["annotations"] = Metadata.Map(source.Annotations),
        },
        ["spec"] = spec,
    };

    /// <summary>Puts the name of the path into the document; an error where another one stands there.</summary>
    private static FieldError? TakeName(JsonObject document, string name)
    {
        if (document["metadata"] is null) document["metadata"] = new JsonObject();
        if (document["metadata"] is not JsonObject metadata || metadata["name"] is JsonObject or JsonArray) return null;

        var sent = metadata["name"]?.ToString();
        if (sent == name) return null;

        metadata["name"] = name;
        return sent is null ? null : new FieldError("/metadata/name", sent, Rules.Immutable, $"Names do not change: send '{name}', or leave it out.");
    }
}
