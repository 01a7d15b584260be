using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Http;

namespace Promises.Server.Features.Fleet;

/// <summary>From what a client sent to a validated document of one kind.</summary>
internal static class Documents
{
    /// <param name="name">From the path, for routes of one object: the body may leave it out, but not name another.</param>
    public static Outcome<FleetDocument> Parse(JsonNode content, string kind, string? name, DocumentContext context)
    {
        if (name is not null && content is JsonObject document)
        {
            if (document["metadata"] is null) document["metadata"] = new JsonObject();
            if (document["metadata"] is JsonObject metadata)
            {
                if (metadata["name"] is JsonValue sent && sent.ToString() != name)
                {
                    return new Failure.Invalid(kind, [new FieldError(
                        "/metadata/name", sent.ToString(), Rules.Immutable, $"Names do not change: send '{name}', or leave it out.")]);
                }

                if (metadata["name"] is null) metadata["name"] = name;
            }
        }

        return FleetDocuments.Parse(content, kind, context);
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
}
