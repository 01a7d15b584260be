using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Promises.Model;

namespace Promises.Server.Http.OpenApi;

/// <summary>The schemas that all routes share, and the common shape of every kind of object.</summary>
internal static class Schemas
{
    public const string Problem = "Problem";

    /// <summary>A reference to the schema of a kind, which is added to the document where it is not there yet.</summary>
    public static IOpenApiSchema Of(string kind, OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        if (!document.Components.Schemas.ContainsKey(kind)) document.AddComponent(kind, Define(kind, document));
        return new OpenApiSchemaReference(kind, document);
    }

    private static OpenApiSchema Define(string kind, OpenApiDocument document) => kind switch
    {
        Problem => DefineProblem(document),
        "FieldError" => Record(
            ("pointer", Text("RFC 6901 pointer into the document")), ("value", Text("What was found there, at most 200 characters", nullable: true)),
            ("rule", Of("Rule", document)), ("remedy", Text("What to do about it")), ("document", Number("0-based index of the document in a stream"))),
        "Rule" => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. Rules.All.Select(rule => (JsonNode)rule)], Description = "The closed list of rules" },
        "Metadata" => Record(
            ("name", Text("RFC 1123 label")), ("labels", Map()), ("annotations", Map()), ("uid", Text("Set by the server")), ("generation", Number("Counts changes of the spec")),
            ("resourceVersion", Text("Number of the last change; a precondition where it is sent")), ("creationTimestamp", Text("RFC 3339"))),
        "StoreAudit" => Record(
            ("apiVersion", Text("promises.dev/v1alpha1")), ("kind", Text(kind)), ("metadata", Record(("resourceVersion", Text("")), ("continue", Text("Empty on the last page; good for this head only")))),
            ("head", Text("The commit that was read; null if there is no branch", nullable: true)), ("counts", Map(Number("Files of the whole branch in this state"))),
            ("items", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of("AuditedFile", document) })),
        "AuditedFile" => Record(
            ("path", Text("In the repository")), ("cluster", Text("", nullable: true)), ("placement", Text("Null for what is no placement's", nullable: true)),
            ("state", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["Equal", "Changed", "Missing", "Unknown"] })),
        "HoldDecision" => Record(("reason", Text("Why, for those who read the changes later; required"))),
        _ when kind.EndsWith("List", StringComparison.Ordinal) => Record(
            ("apiVersion", Text("")), ("kind", Text("")), ("metadata", Record(("resourceVersion", Text("")), ("continue", Text("Empty on the last page")))),
            ("items", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(kind[..^4], document) })),
        _ => Record(
            ("apiVersion", Text("promises.dev/v1alpha1")), ("kind", Text(kind)), ("metadata", Of("Metadata", document)), ("spec", Open()), ("status", Open())),
    };

    private static OpenApiSchema DefineProblem(OpenApiDocument document)
    {
        var problem = Record(
            ("type", Text("urn:promises:problem: and the code")), ("code", Text("What went wrong, for machines")), ("title", Text("")), ("status", Number("")), ("detail", Text("")),
            ("instance", Text("Path of the request")), ("traceId", Text("")),
            ("errors", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of("FieldError", document), Description = "All mistakes of an invalid document" }));
        problem.Required = new HashSet<string>(StringComparer.Ordinal) { "type", "code", "title", "status", "detail", "instance", "traceId" };
        problem.Description = "RFC 9457; each code may add members of its own, such as impact, users or missing.";
        problem.AdditionalProperties = Open();
        return problem;
    }

    private static OpenApiSchema Record(params ReadOnlySpan<(string Name, IOpenApiSchema Schema)> members)
    {
        var properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        foreach (var (name, schema) in members) properties[name] = schema;
        return new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties };
    }

    public static OpenApiSchema Text(string text, bool nullable = false) =>
        new() { Type = nullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String, Description = text };

    private static OpenApiSchema Number(string text) => new() { Type = JsonSchemaType.Integer, Description = text };

    private static OpenApiSchema Map(OpenApiSchema? values = null) => new() { Type = JsonSchemaType.Object, AdditionalProperties = values ?? Text("") };

    private static OpenApiSchema Open() => new() { Type = JsonSchemaType.Object };
}
