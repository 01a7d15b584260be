using System.Text.Json.Nodes;

namespace Promises.EndToEnd.Tests.Placements;

/// <summary>What a placement says of itself.</summary>
internal static class PlacementReading
{
    public static List<(string, string, string)> Conditions(JsonNode placement) =>
        [.. placement["status"]!["conditions"]!.AsArray().Select(condition => ((string)condition!["type"]!, (string)condition["status"]!, (string)condition["reason"]!))];

    public static (string Status, string Reason, string At) Condition(JsonNode placement, string type)
    {
        var condition = Of(placement, type);
        return ((string)condition["status"]!, (string)condition["reason"]!, (string)condition["lastTransitionTime"]!);
    }

    public static string Text(JsonNode placement, string type) => (string)Of(placement, type)["message"]!;

    public static (string State, string Reason) Reason(JsonNode placement) => ((string)placement["status"]!["state"]!, Condition(placement, "Scheduled").Reason);

    private static JsonNode Of(JsonNode placement, string type) =>
        placement["status"]!["conditions"]!.AsArray().Single(condition => (string)condition!["type"]! == type)!;
}
