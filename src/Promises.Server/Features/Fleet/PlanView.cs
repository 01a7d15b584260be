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
        view["digest"] = Digest(plan, placements, view["impact"]!);
        return view;
    }

    /// <summary>Equal digests mean equal plans, also where not all of it is listed.</summary>
    private static string Digest(FleetPlan plan, JsonArray placements, JsonNode impact)
    {
        var rest = plan.Changes.Skip(Listed).Select(change => (JsonNode)$"{change.Promise}.{change.Cluster} {change.Kind} {change.Before?.Revision} {change.After?.Revision}");
        return CanonicalJson.Digest(new JsonObject { ["placements"] = placements.DeepClone(), ["rest"] = new JsonArray([.. rest]), ["impact"] = impact.DeepClone() });
    }

    private static JsonObject Placement(FleetPlan plan, PlacementChange change) => new()
    {
        ["name"] = $"{change.Promise}.{change.Cluster}",
        ["promise"] = change.Promise,
        ["cluster"] = change.Cluster,
        ["environment"] = (plan.After.FindCluster(change.Cluster) ?? plan.Before.FindCluster(change.Cluster))?.Environment,
        ["change"] = change.Kind.ToString(),
        ["fromRevision"] = change.Before is { Delivers: true } before ? before.Revision : null,
        ["toRevision"] = change.After is { Revision: > 0 } after ? after.Revision : null,
        ["reason"] = new JsonObject { ["rule"] = change.Rule, ["message"] = change.Message },
        ["files"] = new JsonArray([.. PlanFiles.Of(change, plan.Before, plan.After, Layouts.For)
            .Select(file => (JsonNode)new JsonObject { ["path"] = file.Path, ["change"] = file.Change.ToString() })]),
    };
}
