using System.Text.Json.Nodes;
using Promises.Kratix;

namespace Promises.Model.Documents;

/// <summary>
/// Reads what clients write: our kinds, and those of Kratix, by <c>apiVersion</c> and <c>kind</c>. It tells all that one document can tell and lists
/// every mistake; whether names exist, and what else only the fleet knows, is for the caller.
/// </summary>
public static partial class FleetDocuments
{
    private static readonly IReadOnlyList<string> KratixKinds = ["Promise", "Destination", "Cluster", "GitStateStore", "BucketStateStore"];

    /// <param name="expectedKind">The kind of a typed route, where apiVersion and kind may be left out; null in a stream, where kind is required.</param>
    public static Outcome<FleetDocument> Parse(JsonNode? document, string? expectedKind, DocumentContext context) => Read(document, expectedKind, context).Outcome;

    /// <summary>As <see cref="Parse"/>, with what could be read of a document that is not valid.</summary>
    public static DocumentReading Read(JsonNode? document, string? expectedKind, DocumentContext context)
    {
        var findings = new Findings(context.Document);
        // What is no object at all may well be a whole credential, quoted once too often.
        var read = FieldReader.Of(document, "", findings, secret: document is not JsonObject) is { } reader ? Dispatch(reader, expectedKind, context) : null;
        return new(expectedKind ?? Describe(document).Kind ?? "Document", read, findings.Errors);
    }

    /// <summary>Kind and name as the document itself has them, valid or not.</summary>
    public static (string? Kind, string? Name) Describe(JsonNode? document) =>
        document is JsonObject obj ? (NodeText.String(obj["kind"]), obj["metadata"] is JsonObject meta ? NodeText.String(meta["name"]) : null) : (null, null);

    /// <summary>What we call a kind, also one of Kratix.</summary>
    public static string? OurKind(string? kind) => kind is null ? null : KratixDocuments.KindOf(kind) ?? kind;

    private static FleetDocument? Dispatch(FieldReader document, string? expectedKind, DocumentContext context)
    {
        var (apiVersion, kind) = (document.String("apiVersion"), document.String("kind"));
        if ((apiVersion is null && document.Has("apiVersion")) || (kind is null && document.Has("kind"))) return null;

        var slash = apiVersion?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var group = apiVersion is null ? Kinds.Group : slash < 0 ? "" : apiVersion[..slash];
        FleetDocument? read;
        if (group == Kinds.Group) read = Ours(document, apiVersion, kind, expectedKind, context);
        else if (group == KratixDocuments.Group) read = Theirs(document, apiVersion!, kind, expectedKind, context);
        else if (expectedKind is null) return KratixDocuments.Skip(document, kind, $"Documents of {apiVersion} are not ours; it was passed over.");
        else
        {
            document.Error("apiVersion", Rules.UnknownKind, $"Use {Kinds.ApiVersion} or {KratixDocuments.ApiVersion}.");
            return null;
        }

        if (read is null or SkippedDocument) return read;
        document.Ignore("status", "warnings");
        document.Done(hideValues: read is CredentialDocument or StateStoreDocument);
        return read with { Warnings = [.. document.Findings.Warnings] };
    }

    private static FleetDocument? Ours(FieldReader document, string? apiVersion, string? kind, string? expectedKind, DocumentContext context)
    {
        if (apiVersion is not null && apiVersion != Kinds.ApiVersion) document.Error("apiVersion", Rules.UnknownKind, $"Use {Kinds.ApiVersion}.");
        if (kind is null && expectedKind is null)
        {
            document.Error("kind", Rules.Required, $"Name the kind: {string.Join(", ", Kinds.OfStreams)}.");
            return null;
        }

        if (expectedKind is not null && kind is not null && kind != expectedKind)
            document.Error("kind", Rules.UnknownKind, NearestName.Remedy(kind, [expectedKind], "Here belongs a") + KratixHint(kind));
        return (expectedKind ?? kind) switch
        {
            Kinds.Cluster => ClusterReader.Read(document),
            Kinds.Environment => EnvironmentReader.Read(document),
            Kinds.StateStore => StateStoreReader.Read(document, context),
            Kinds.Credential => CredentialReader.Read(document),
            Kinds.Promise => PromiseReader.Read(document, context),
            Kinds.Token when expectedKind is not null => TokenReader.Read(document),
            Kinds.Promotion when expectedKind is not null => PromotionReader.Read(document),
            _ => Unknown(document, kind!, Kinds.OfStreams),
        };
    }

    private static FleetDocument? Theirs(FieldReader document, string apiVersion, string? kind, string? expectedKind, DocumentContext context)
    {
        if (apiVersion != KratixDocuments.ApiVersion)
        {
            document.Error("apiVersion", Rules.UnknownKind, $"Use {KratixDocuments.ApiVersion}.");
            return null;
        }

        if (kind is null)
        {
            document.Error("kind", Rules.Required, $"Name the kind: {string.Join(", ", KratixKinds)}.");
            return null;
        }

        var ours = KratixDocuments.KindOf(kind);
        if (ours is null && (expectedKind is not null || kind != "BucketStateStore")) return Unknown(document, kind, KratixKinds);
        if (expectedKind is not null && ours != expectedKind)
        {
            document.Error("kind", Rules.UnknownKind, $"A {kind} does not belong here but with the {ours} documents.");
            return null;
        }

        return KratixDocuments.Read(document, kind, context);
    }

    private static FleetDocument? Unknown(FieldReader document, string kind, IReadOnlyList<string> known)
    {
        var remedy = kind switch
        {
            Kinds.Token => "Tokens are made with POST /tokens only.",
            Kinds.Promotion => "Promotions are made with POST /promotions only.",
            "BucketStateStore" => "Buckets are not supported; use a Git repository.",
            _ => NearestName.Remedy(kind, known, "The known kinds are") + KratixHint(kind),
        };
        document.Error("kind", Rules.UnknownKind, remedy);
        return null;
    }

    private static string KratixHint(string kind) =>
        KratixKinds.Contains(kind) && !Kinds.OfStreams.Contains(kind) ? $" A {kind} of Kratix needs apiVersion {KratixDocuments.ApiVersion}." : "";
}
