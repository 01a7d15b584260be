using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>A plan as clients see it.</summary>
internal static class PlanView
{
    /// <summary>So many placements are listed with their files; the impact counts all.</summary>
    public const int Listed = 500;

    public static JsonObject Of(FleetPlan plan, JsonObject subject, string? token)
    {
        var placements = new JsonArray([.. plan.Changes.Take(Listed).Select(change => Placement(plan, change))]);
        var view = new JsonObject { ["kind"] = "Plan", ["digest"] = null };
        // A stream has results, one object has itself.
        if (subject["results"] is { } results) view["results"] = results.DeepClone();
        else view["object"] = subject;
        view["placements"] = placements;
        if (plan.Changes.Count > Listed) view["truncated"] = true;
        view["impact"] = plan.Impact.ToJson();
        view["impactToken"] = token;
        view["digest"] = CanonicalJson.Digest(new JsonObject { ["placements"] = placements.DeepClone(), ["impact"] = view["impact"]!.DeepClone() });
        return view;
    }

    private static JsonObject Placement(FleetPlan plan, PlacementChange change) => new()
    {
        ["name"] = $"{change.Promise}.{change.Cluster}",
        ["promise"] = change.Promise,
        ["cluster"] = change.Cluster,
        ["environment"] = (plan.After.FindCluster(change.Cluster) ?? plan.Before.FindCluster(change.Cluster))?.Environment,
        ["change"] = change.Kind.ToString(),
        ["fromRevision"] = change.Before?.Revision,
        ["toRevision"] = change.Kind == ChangeKind.Remove ? null : change.After?.Revision,
        ["reason"] = new JsonObject { ["rule"] = change.Rule, ["message"] = change.Message },
        ["files"] = new JsonArray([.. PlanFiles.Of(change, plan.Before, plan.After, Layouts.For)
            .Select(file => (JsonNode)new JsonObject { ["path"] = file.Path, ["change"] = file.Change.ToString() })]),
    };
}
