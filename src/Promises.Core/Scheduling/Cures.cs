using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Scheduling;

/// <summary>Finds the smallest change that makes a rule pass.</summary>
internal sealed class Cures(Judge judge, ClusterState cluster)
{
    // Requirements, and promotions of their parts, may go in circles.
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Cure _cure = new(cluster);

    public static IReadOnlyList<Remedy> Of(Judge judge, Judgement judgement)
    {
        if (judgement.First is not { } first) return [];
        var cures = new Cures(judge, judgement.Cluster);
        cures._asked.Add(judgement.Row.Promise);
        cures.Add(judgement, first);
        return cures.Prove(judgement, first);
    }

    /// <summary>What was found rule by rule may fall short as a whole, as when somebody else waits for the same object: then no request is offered.</summary>
    private IReadOnlyList<Remedy> Prove(Judgement judgement, Rejection first)
    {
        var remedies = _cure.Remedies;
        if (remedies.Count == 0 || !_cure.HasRequestsOnly) return remedies;

        var after = _cure.Carry(judgement.Decision.Snapshot);
        var left = new Judge(after).Of(judgement.Row.Promise, after.FindCluster(cluster.Name)!).Misses.FirstOrDefault(miss => miss.Rule == first.Rule);
        return left is null ? remedies : [new Remedy($"{string.Join(' ', remedies.Select(remedy => remedy.Message))} That is not all: {left.Message}", null)];
    }

    private void Add(Judgement judgement, Rejection miss)
    {
        switch (miss.Rule)
        {
            case RuleNames.Pinned:
                Pin(judgement);
                break;
            case RuleNames.Selected:
                Select(judgement);
                break;
            case RuleNames.Cordon:
                _cure.Spec("cordoned", false, site => site with { Cordoned = false });
                _cure.Say($"Uncordon cluster {cluster.Name}.");
                break;
            case RuleNames.Taints:
                Taints(judgement);
                break;
            case RuleNames.Requires:
                Require(judgement);
                break;
            default:
                Rivals(judgement, miss);
                break;
        }
    }

    /// <summary>Everything that keeps a Promise off the cluster, for another that needs it there.</summary>
    private void Bring(string promise)
    {
        if (!_asked.Add(promise)) return;
        var judgement = judge.Of(promise, cluster);
        foreach (var miss in judgement.Misses) Add(judgement, miss);
    }

    private void Pin(Judgement judgement)
    {
        var (promise, snapshot) = (judgement.Row.Promise, judgement.Decision.Snapshot);
        var entries = judgement.Decision.Rows.Where(row => judgement.Row.Unsatisfied is not null && (row.Stays || row.Wanted))
            .SelectMany(row => row.Target?.Includes ?? []).Where(entry => entry.Promise == promise).ToList();
        if (judgement.Row.Pin is null && entries.TrueForAll(entry => entry.Range is null))
        {
            PinRemedies.Add(_cure, snapshot, promise);
        }
        else if (!PinRemedies.TryFit(_cure, snapshot, promise, entries))
        {
            var parent = judgement.Row.Unsatisfied?.Culprit;
            _cure.Advise($"Pin a revision of {promise} in {cluster.Environment} that {parent} includes, or change what {parent} includes.");
        }
    }

    private void Select(Judgement judgement)
    {
        if (judgement.Judged is not { } judged) return;
        if (judged.Placement.Selector is not null)
        {
            LabelRemedies.Add(_cure, judged, judgement.Decision.Labels);
            return;
        }

        var parent = judgement.Decision.Pins.All
            .Where(pin => pin.Revision.Includes.Any(entry => entry.Promise == judged.Promise && judged.Satisfies(entry.Range)))
            .Select(pin => pin.Promise).Order(StringComparer.Ordinal).FirstOrDefault(name => !judge.Of(name, cluster).Takes);
        if (parent is not null) Bring(parent);
    }

    private void Taints(Judgement judgement)
    {
        var refused = TaintFilter.Refused(cluster, judgement.Judged);
        var left = cluster.Taints.Where(taint => _cure.Keeps(taint)).Except(refused).ToList();
        _cure.Spec(
            "taints", new JsonArray([.. left.Select(taint => (JsonNode)new JsonObject { ["key"] = taint.Key, ["value"] = taint.Value, ["effect"] = "NoPlacement" })]),
            site => site with { Taints = left });
        _cure.Say(
            $"Take {(refused.Count == 1 ? "taint" : "taints")} {string.Join(", ", refused.Select(taint => taint.Key))} off cluster {cluster.Name}, "
            + $"or let {judgement.Row.Promise} tolerate it.");
    }

    private void Require(Judgement judgement)
    {
        foreach (var entry in judgement.Judged!.Requires)
        {
            var row = judgement.Decision.Find(entry.Promise);
            if (row is { Stays: true, Target: { } target } && target.Satisfies(entry.Range)) continue;
            if (!judgement.Decision.Snapshot.HasPromise(entry.Promise))
            {
                _cure.Advise($"Publish {entry.Promise}.");
                continue;
            }

            var pinned = judgement.Decision.Pins.Find(entry.Promise)?.Revision;
            if (pinned is not null && !pinned.Satisfies(entry.Range) && !PinRemedies.TryFit(_cure, judgement.Decision.Snapshot, entry.Promise, [entry]))
                _cure.Advise($"Bring {entry.Promise} to cluster {cluster.Name} in a version that {judgement.Row.Promise} requires.");
            Bring(entry.Promise);
        }
    }

    private void Rivals(Judgement judgement, Rejection miss)
    {
        var promise = judgement.Row.Promise;
        var rivals = judgement.Decision.ContestsOf(judgement.Judged!)
            .Where(contest => contest.Use.Key.Capability is null == (miss.Rule == RuleNames.Collision))
            .SelectMany(contest => judgement.Decision.Holders.Of(contest.Use).Where(holder => holder.Row.Promise != promise && contest.Conflicts(holder.Exclusive)))
            .Select(holder => holder.Row).Distinct().OrderBy(row => row.Promise, StringComparer.Ordinal).ToList();
        if (rivals.Find(rival => rival is not { Fate: Fate.Retained or Fate.Awaiting, Before.Outcome: PlacementOutcome.Retained }) is { } placed)
        {
            _cure.Advise(
                $"{placed.Promise} has it on cluster {cluster.Name}: take one of {promise} and {placed.Promise} off the cluster, "
                + "or change what one of them defines or provides.");
            return;
        }

        foreach (var rival in rivals) _cure.Withdraw(rival.Promise);
    }
}
