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
            judgement.Outcome == PlacementOutcome.Placed ? [] : Cures.Of(judge, judgement));
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
}
