using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Fleet;

/// <summary>The shape that all objects of the API share.</summary>
internal static class ObjectView
{
    public static JsonObject Of(string kind, FleetObject source, JsonObject spec, JsonObject? status, IReadOnlyList<Warning> warnings)
    {
        var view = new JsonObject
        {
            ["apiVersion"] = ApiResults.ApiVersion,
            ["kind"] = kind,
            ["metadata"] = Metadata.From(source),
            ["spec"] = spec,
        };
        if (status is not null) view["status"] = status;
        if (warnings.Count > 0) view["warnings"] = Warnings(warnings);
        return view;
    }

    public static JsonObject Condition(
        string type, string status, string reason, string message, DateTimeOffset? transition, long? observedGeneration = null)
    {
        var condition = new JsonObject { ["type"] = type, ["status"] = status, ["reason"] = reason, ["message"] = message };
        if (observedGeneration is not null) condition["observedGeneration"] = observedGeneration;
        condition["lastTransitionTime"] = transition is null ? null : ApiJson.Time(transition.Value);
        return condition;
    }

    public static JsonArray Warnings(IReadOnlyList<Warning> warnings) =>
        [.. warnings.Select(warning => (JsonNode)new JsonObject { ["pointer"] = warning.Pointer, ["code"] = warning.Code, ["message"] = warning.Message })];
}
