using System.Globalization;
using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Server.Features.Fleet;

/// <summary>The shape that all objects of the API share.</summary>
internal static class ObjectView
{
    public const string ApiVersion = "promises.dev/v1alpha1";

    public static JsonObject Of(string kind, FleetObject source, JsonObject spec, JsonObject? status, IReadOnlyList<Warning> warnings)
    {
        var view = new JsonObject
        {
            ["apiVersion"] = ApiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = source.Name,
                ["labels"] = Map(source.Labels),
                ["annotations"] = Map(source.Annotations),
                ["uid"] = source.Uid.ToString(),
                ["generation"] = source.Generation,
                ["resourceVersion"] = source.ResourceVersion.ToString(CultureInfo.InvariantCulture),
                ["creationTimestamp"] = Time(source.CreatedAt),
            },
            ["spec"] = spec,
        };
        if (status is not null) view["status"] = status;
        if (warnings.Count > 0) view["warnings"] = Warnings(warnings);
        return view;
    }

    public static JsonObject List(string kind, long version, string next, IEnumerable<JsonObject> items) => new()
    {
        ["apiVersion"] = ApiVersion,
        ["kind"] = kind + "List",
        ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["continue"] = next },
        ["items"] = new JsonArray([.. items]),
    };

    public static JsonObject Condition(
        string type, string status, string reason, string message, DateTimeOffset? transition, long? observedGeneration = null)
    {
        var condition = new JsonObject { ["type"] = type, ["status"] = status, ["reason"] = reason, ["message"] = message };
        if (observedGeneration is not null) condition["observedGeneration"] = observedGeneration;
        condition["lastTransitionTime"] = transition is null ? null : Time(transition.Value);
        return condition;
    }

    public static JsonArray Warnings(IReadOnlyList<Warning> warnings) =>
        [.. warnings.Select(warning => (JsonNode)new JsonObject { ["pointer"] = warning.Pointer, ["code"] = warning.Code, ["message"] = warning.Message })];

    public static JsonObject Map(IReadOnlyDictionary<string, string> map) =>
        new(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    /// <summary>RFC 3339 in UTC, to the second, as Kubernetes writes times.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
