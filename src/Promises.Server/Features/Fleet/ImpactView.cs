using System.Text.Json.Nodes;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>The numbers of a plan as clients see them.</summary>
internal static class ImpactView
{
    public static JsonObject Of(Impact impact) => new()
    {
        ["clusters"] = impact.Clusters,
        ["environments"] = new JsonArray([.. impact.Environments.Select(name => (JsonNode)name)]),
        ["external"] = impact.External,
        ["placements"] = new JsonObject
        {
            ["Add"] = impact.Placements.Add,
            ["Update"] = impact.Placements.Update,
            ["Remove"] = impact.Placements.Remove,
            ["Retain"] = impact.Placements.Retain,
            ["Block"] = impact.Placements.Block,
        },
        ["objects"] = new JsonObject { ["added"] = impact.Objects.Added, ["changed"] = impact.Objects.Changed, ["removed"] = impact.Objects.Removed },
        ["removals"] = new JsonArray([.. impact.Removals.Select(removal => (JsonNode)new JsonObject
        {
            ["placement"] = removal.Placement,
            ["objects"] = new JsonArray([.. removal.Objects.Select(identity => (JsonNode)identity.ToString())]),
        })]),
    };
}
