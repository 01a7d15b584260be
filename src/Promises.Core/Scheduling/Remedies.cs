using System.Text.Json.Nodes;
using Promises.Environments;
using Promises.Model;

namespace Promises.Scheduling;

/// <summary>Completes a judgement to a verdict: the headline, and the smallest change that makes its rule pass.</summary>
internal static class Remedies
{
    public static Verdict Complete(Judge judge, Judgement judgement)
    {
        var (row, cluster) = (judgement.Row, judgement.Cluster);
        return new Verdict(
            row.Promise, cluster.Name, cluster.Environment, row.Pin?.Revision.Number, judgement.Outcome, Headline(judgement),
            [.. RuleNames.All.Select(rule => Result(judgement, rule))],
            judgement.Outcome == PlacementOutcome.Placed ? [] : [.. For(judge, judgement, [row.Promise])]);
    }

    private static string Headline(Judgement judgement)
    {
        var (row, cluster) = (judgement.Row, judgement.Cluster.Name);
        if (judgement.Outcome == PlacementOutcome.NotPlaced) return judgement.First?.Message ?? $"{row.Promise} is not on cluster {cluster}.";
        var why = Decisions.Why(judgement.Decision, row).Message;
        return judgement.Outcome switch
        {
            PlacementOutcome.Placed => $"{row.Promise} is on cluster {cluster} at revision {row.Target!.Number}. {why}",
            PlacementOutcome.Retained => $"{row.Promise} stays on cluster {cluster}. {why}",
            _ => why,
        };
    }

    private static RuleResult Result(Judgement judgement, string rule)
    {
        var miss = judgement.Misses.FirstOrDefault(miss => miss.Rule == rule);
        var message = miss?.Message ?? Passed(judgement, rule);
        return new RuleResult(rule, miss is null, message, rule == RuleNames.Selected ? judgement.Clauses : []);
    }

    private static string? Passed(Judgement judgement, string rule)
    {
        var (row, cluster) = (judgement.Row, judgement.Cluster);
        return rule switch
        {
            RuleNames.Pinned => $"{cluster.Environment} pins revision {row.Pin?.Revision.Number}.",
            RuleNames.Selected when row.IncludedBy is { Count: > 0 } parents && !row.Selected && !row.ForAll => $"Included by {string.Join(", ", parents)}.",
            RuleNames.Selected when row.Pin is { } pin && (row.Selected || row.ForAll) => pin.MatchedMessage,
            RuleNames.Selected when judgement.Judged is { } judged => new PinnedRevision(judged, 0).MatchedMessage,
            RuleNames.Cordon when cluster.Cordoned => $"Cluster {cluster.Name} is cordoned, which does not concern {row.Promise}.",
            RuleNames.Taints when cluster.Taints.Count > 0 => $"The taints of cluster {cluster.Name} do not keep {row.Promise} off.",
            _ => null,
        };
    }

    /// <param name="asked">Promises whose remedies are being worked out already: requirements may go in circles.</param>
    private static IEnumerable<Remedy> For(Judge judge, Judgement judgement, HashSet<string> asked)
    {
        if (judgement.First is not { } first) return [];
        return first.Rule switch
        {
            RuleNames.Pinned => [Pin(judgement)],
            RuleNames.Selected => judgement.Judged is { } judged && LabelRemedies.For(judgement.Cluster, judged, judgement.Decision.Labels) is { } remedy ? [remedy] : [],
            RuleNames.Cordon => [Patch(judgement.Cluster, $"Uncordon cluster {judgement.Cluster.Name}.", new JsonObject { ["cordoned"] = false })],
            RuleNames.Taints => [Taints(judgement)],
            RuleNames.Requires => Required(judge, judgement, first, asked),
            _ => [Rival(judgement, first)],
        };
    }

    private static Remedy Pin(Judgement judgement)
    {
        var (promise, cluster, snapshot) = (judgement.Row.Promise, judgement.Cluster, judgement.Decision.Snapshot);
        if (judgement.Row.Pin is null)
        {
            return Ladder.StepTo(snapshot, cluster.Environment, promise) is { } step
                ? Promotion(promise, step.From.Name, step.To.Name)
                : new Remedy($"Publish {promise}: no environment up to {cluster.Environment} pins it.", null);
        }

        // A pin out of a parent's range: what the rung below has may fit.
        var below = Ladder.Below(snapshot.Ladder, cluster.Environment)?.Name;
        var parent = judgement.First!.Culprit!;
        var entry = judgement.Decision.Find(parent)?.Target?.Includes.FirstOrDefault(entry => entry.Promise == promise);
        return below is not null && snapshot.PinsOf(below).TryGetValue(promise, out var number)
            && snapshot.FindRevision(promise, number) is { } revision && revision.Satisfies(entry?.Range)
            ? Promotion(promise, below, cluster.Environment)
            : new Remedy($"Pin a revision of {promise} in {cluster.Environment} that {parent} includes, or change what {parent} includes.", null);
    }

    private static Remedy Promotion(string promise, string from, string to) => new(
        $"Promote {promise} from {from} to {to}.",
        new RemedyRequest("POST", "/promotions", new JsonObject { ["spec"] = new JsonObject { ["from"] = from, ["to"] = to, ["promises"] = new JsonArray(promise) } }));

    private static Remedy Taints(Judgement judgement)
    {
        var refused = TaintFilter.Refused(judgement.Cluster, judgement.Judged);
        var left = judgement.Cluster.Taints.Except(refused)
            .Select(taint => (JsonNode)new JsonObject { ["key"] = taint.Key, ["value"] = taint.Value, ["effect"] = "NoPlacement" });
        return Patch(
            judgement.Cluster,
            $"Take {(refused.Count == 1 ? "taint" : "taints")} {string.Join(", ", refused.Select(taint => taint.Key))} off cluster {judgement.Cluster.Name}, or let {judgement.Row.Promise} tolerate it.",
            new JsonObject { ["taints"] = new JsonArray([.. left]) });
    }

    private static Remedy Patch(ClusterState cluster, string message, JsonObject spec) =>
        new(message, new RemedyRequest("PATCH", $"/clusters/{cluster.Name}", new JsonObject { ["spec"] = spec }));

    private static IEnumerable<Remedy> Required(Judge judge, Judgement judgement, Rejection first, HashSet<string> asked)
    {
        var required = first.Culprit!;
        if (!judgement.Decision.Snapshot.HasPromise(required)) return [new Remedy($"Publish {required}.", null)];
        var other = judge.Of(required, judgement.Cluster);
        if (!other.Takes && asked.Add(required)) return For(judge, other, asked);
        return [new Remedy($"Bring {required} to cluster {judgement.Cluster.Name} in a version that {judgement.Row.Promise} requires.", null)];
    }

    private static Remedy Rival(Judgement judgement, Rejection first)
    {
        var (promise, cluster) = (judgement.Row.Promise, judgement.Cluster.Name);
        return judgement.Decision.Find(first.Culprit!) is { Fate: Fate.Retained or Fate.Awaiting } rival
            ? new Remedy(
                $"Withdraw {rival.Promise} from cluster {cluster}, where it is only retained.",
                new RemedyRequest("DELETE", $"/placements/{rival.Promise}.{cluster}", null))
            : new Remedy(
                $"{first.Culprit} has it on cluster {cluster}: take one of {promise} and {first.Culprit} off the cluster, "
                + "or change what one of them defines or provides.", null);
    }
}
