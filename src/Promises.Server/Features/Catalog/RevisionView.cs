using System.Globalization;
using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Catalog;

/// <summary>A revision as clients see it. It is immutable, so its resourceVersion is the change that made it.</summary>
internal static class RevisionView
{
    public const string Kind = "Revision";

    public static JsonObject Of(Revision revision, IEnumerable<string> pinnedIn) => new()
    {
        ["apiVersion"] = ApiResults.ApiVersion,
        ["kind"] = Kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{revision.Promise}.{revision.Number.ToString(CultureInfo.InvariantCulture)}",
            ["resourceVersion"] = revision.Change.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = ApiJson.Time(revision.CreatedAt),
        },
        ["spec"] = JsonNode.Parse(revision.Content),
        ["status"] = new JsonObject
        {
            ["number"] = revision.Number,
            ["digest"] = revision.Digest,
            ["version"] = revision.Version,
            ["createdBy"] = revision.CreatedBy,
            ["pinnedIn"] = new JsonArray([.. pinnedIn.Select(name => (JsonNode)name)]),
        },
    };
}
