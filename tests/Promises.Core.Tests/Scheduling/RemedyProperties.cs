using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Promises.Environments;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;

namespace Promises.Core.Tests.Scheduling;

public sealed class RemedyProperties
{
    [Fact]
    public void Remedies_when_they_are_carried_out_make_the_rule_of_the_headline_pass() => Prop.ForAll(GeneratedFleet.Arbitrary, generated =>
    {
        var fleet = generated.Create().Decided().Decided();
        foreach (var verdict in fleet.Clusters.SelectMany(cluster => Explainer.Explain(fleet, null, cluster.Name).Items))
        {
            if (verdict.Remedies.Count == 0 || verdict.Remedies.Any(remedy => remedy.Request is null)) continue;
            var rule = verdict.Rules.First(result => !result.Passed).Rule;
            var cured = verdict.Remedies.Select(remedy => remedy.Request!).Aggregate(fleet, (changed, request) => Carry(changed, request).Decided());
            cured.Explain(verdict.Promise, verdict.Cluster).Rules.Single(result => result.Rule == rule).Passed
                .ShouldBeTrue($"{generated}: {verdict.Headline} {string.Join(' ', verdict.Remedies.Select(remedy => $"{remedy.Message} {remedy.Request!.Body?.ToJsonString()}"))} -> {cured.Explain(verdict.Promise, verdict.Cluster).Headline}");
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static FleetSnapshot Carry(FleetSnapshot fleet, RemedyRequest request)
    {
        var path = request.Path.Split('/', 4);
        switch (path[1])
        {
            case "promotions":
                var spec = request.Body!["spec"]!;
                var moves = PromotionPlan.Of(fleet, new PromotionSpec(
                    (string)spec["from"]!, (string)spec["to"]!, [.. spec["promises"]!.AsArray().Select(name => (string)name!)], false, null));
                return moves.Value.Aggregate(fleet, (f, move) => f.WithPin((string)spec["to"]!, move.Promise, move.To));
            case "placements":
                var parts = path[2].Split('.');
                return fleet.WithDecisions(Scheduler.Plan(fleet, Scope.Of(parts[1]), PlanMode.Deliberate, [new Withdrawal(parts[0], parts[1])]));
            default:
                return fleet.WithCluster(Changed(fleet.FindCluster(path[2])!, request));
        }
    }

    private static ClusterState Changed(ClusterState cluster, RemedyRequest request)
    {
        var labels = cluster.Labels.ToDictionary(StringComparer.Ordinal);
        if (request.Method == "PUT") labels[request.Path.Split('/')[^1]] = (string)request.Body!["value"]!;
        else if (request.Method == "DELETE") labels.Remove(request.Path.Split('/')[^1]).ShouldBeTrue();
        else
        {
            foreach (var (key, value) in request.Body!["metadata"]?["labels"]?.AsObject() ?? [])
            {
                if (value is null) labels.Remove(key);
                else labels[key] = (string)value!;
            }
        }

        var spec = request.Method == "PATCH" ? request.Body!["spec"] as JsonObject : null;
        return cluster with
        {
            Labels = labels,
            Cordoned = spec?["cordoned"] is null && cluster.Cordoned,
            Taints = spec?["taints"] is JsonArray taints ? [.. taints.Select(taint => new Taint((string)taint!["key"]!, (string)taint["value"]!))] : cluster.Taints,
        };
    }
}
