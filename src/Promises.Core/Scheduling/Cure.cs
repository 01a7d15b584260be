using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Scheduling;

/// <summary>What would make rules pass: all changes of the cluster become one request, everything else is one request each, in the order to send them.</summary>
internal sealed class Cure(ClusterState cluster)
{
    private readonly SortedDictionary<string, string?> _labels = new(StringComparer.Ordinal);
    private readonly JsonObject _spec = [];
    private readonly List<string> _messages = [];
    private readonly List<Step> _others = [];
    private ClusterState _changed = cluster;

    public ClusterState Cluster { get; } = cluster;

    /// <summary>Whether another rule has not asked for the taint to go already.</summary>
    public bool Keeps(Taint taint) => _changed.Taints.Contains(taint);

    public bool HasRequestsOnly => _others.TrueForAll(step => step.Remedy.Request is not null);

    /// <summary>The fleet after all of it was sent, decided after each request as the server does: whoever waited may step in between two of them.</summary>
    public FleetSnapshot Carry(FleetSnapshot fleet) =>
        _others.Aggregate(_messages.Count == 0 ? fleet : Decide(fleet.WithCluster(_changed)), (changed, step) => Decide(step.Change(changed), step.Withdrawn));

    public IReadOnlyList<Remedy> Remedies =>
    [
        .. _messages.Count == 0 ? [] : new[] { new Remedy(string.Join(' ', _messages), Request()) },
        .. _others.Select(step => step.Remedy),
    ];

    /// <param name="value">Null where the label has to go.</param>
    public void Label(string key, string? value)
    {
        _labels[key] = value;
        var others = _changed.Labels.Where(label => label.Key != key);
        _changed = _changed with
        {
            Labels = (value is null ? others : others.Append(KeyValuePair.Create(key, value))).ToDictionary(StringComparer.Ordinal),
        };
    }

    public void Spec(string field, JsonNode? value, Func<ClusterState, ClusterState> change) => (_spec[field], _changed) = (value, change(_changed));

    public void Say(string message)
    {
        if (!_messages.Contains(message)) _messages.Add(message);
    }

    public void Promote(string from, string to, IReadOnlyList<string> promises, IReadOnlyDictionary<string, int> pins)
    {
        var spec = new JsonObject { ["from"] = from, ["to"] = to, ["promises"] = new JsonArray([.. promises.Select(name => (JsonNode)name)]) };
        Add(new Step(
            new Remedy($"Promote {string.Join(", ", promises)} from {from} to {to}.", new RemedyRequest("POST", "/promotions", new JsonObject { ["spec"] = spec })),
            fleet => promises.Aggregate(fleet, (changed, name) => changed.WithPin(to, name, pins[name]))));
    }

    public void Withdraw(string promise) => Add(new Step(
        new Remedy($"Withdraw {promise} from cluster {Cluster.Name}, where it is only retained.", new RemedyRequest("DELETE", $"/placements/{promise}.{Cluster.Name}", null)),
        fleet => fleet, new Withdrawal(promise, Cluster.Name)));

    /// <summary>Something that no request does.</summary>
    public void Advise(string message) => Add(new Step(new Remedy(message, null), fleet => fleet));

    private void Add(Step step)
    {
        if (!_others.Exists(other => other.Remedy.Message == step.Remedy.Message)) _others.Add(step);
    }

    private FleetSnapshot Decide(FleetSnapshot fleet, Withdrawal? withdrawn = null) =>
        fleet.WithDecisions(Scheduler.Plan(fleet, Scope.Of(Cluster.Name), PlanMode.Deliberate, withdrawn is { } withdrawal ? [withdrawal] : (IReadOnlyCollection<Withdrawal>)[]));

    private RemedyRequest Request()
    {
        var path = $"/clusters/{Cluster.Name}";
        if (_spec.Count == 0 && _labels.Count == 1)
        {
            var (key, value) = _labels.First();
            return value is null
                ? new RemedyRequest("DELETE", $"{path}/labels/{key}", null)
                : new RemedyRequest("PUT", $"{path}/labels/{key}", new JsonObject { ["value"] = value });
        }

        var body = new JsonObject();
        if (_labels.Count > 0) body["metadata"] = new JsonObject { ["labels"] = new JsonObject(_labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))) };
        if (_spec.Count > 0) body["spec"] = _spec.DeepClone();
        return new RemedyRequest("PATCH", path, body);
    }

    /// <param name="Change">What it does to the fleet before that is decided.</param>
    private sealed record Step(Remedy Remedy, Func<FleetSnapshot, FleetSnapshot> Change, Withdrawal? Withdrawn = null);
}
