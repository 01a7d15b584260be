using System.Text.Json.Nodes;

namespace Promises.Scheduling;

/// <summary>What would make rules pass: all changes of the cluster become one request, everything else is one request each, in the order to send them.</summary>
internal sealed class Cure(ClusterState cluster)
{
    private readonly SortedDictionary<string, string?> _labels = new(StringComparer.Ordinal);
    private readonly JsonObject _spec = [];
    private readonly List<string> _messages = [];
    private readonly List<Remedy> _others = [];

    public ClusterState Cluster => cluster;

    public IReadOnlyList<Remedy> Remedies =>
    [
        .. _messages.Count == 0 ? [] : new[] { new Remedy(string.Join(' ', _messages), Request()) },
        .. _others.DistinctBy(remedy => remedy.Message, StringComparer.Ordinal),
    ];

    /// <param name="value">Null where the label has to go.</param>
    public void Label(string key, string? value) => _labels[key] = value;

    public void Spec(string field, JsonNode? value) => _spec[field] = value;

    public void Say(string message)
    {
        if (!_messages.Contains(message)) _messages.Add(message);
    }

    public void Add(string message, string method, string path, JsonNode? body = null) => _others.Add(new Remedy(message, new RemedyRequest(method, path, body)));

    /// <summary>Something that no request does.</summary>
    public void Advise(string message) => _others.Add(new Remedy(message, null));

    private RemedyRequest Request()
    {
        var path = $"/clusters/{cluster.Name}";
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
}
