using Promises.Model;

namespace Promises.EndToEnd.Tests.Features.Objects;

/// <summary>A request for every rule of the closed list, and for what is easily thought to be fine.</summary>
internal static partial class RuleCases
{
    public static IReadOnlyList<RuleCase> All { get; } = [.. OfEnvelopes(), .. OfText(), .. OfPromises(), .. OfDependencies(), .. OfClusters(), .. OfStores(), .. OfLadder(), .. OfKeys()];

    private static string Cluster(string spec) => $$$"""{"metadata": {"name": "x"}, "spec": {{{spec}}}}""";

    private static string Promise(string spec) => $$$"""{"metadata": {"name": "x"}, "spec": {"placement": {"allClusters": true}, {{{spec}}}}}""";

    private static string Placed(string placement) => $$$"""{"metadata": {"name": "x"}, "spec": {"placement": {{{placement}}}}}""";

    private static string Depending(string objects) => Promise($"\"dependencies\": [{objects}]");

    private static string Store(string git) => $$$"""{"metadata": {"name": "x"}, "spec": {"git": {{{git}}}}}""";

    private static IEnumerable<RuleCase> OfEnvelopes() =>
    [
        new(Rules.UnknownField, "near a known one", "POST /clusters", Cluster("""{"enviroment": "ops"}"""), "/spec/enviroment", "Did you mean environment?"),
        new(Rules.UnknownField, "beside spec", "POST /environments", """{"metadata": {"name": "x"}, "spec": {"position": 5, "audience": "internal"}, "data": 1}""", "/data", "known fields"),
        new(Rules.UnknownField, "a password in it", "POST /credentials", """{"metadata": {"name": "x"}, "spec": {"token": "s3cr3t", "pasword": "hunter2"}}""", "/spec/pasword", "known fields") { Secret = "hunter2" },
        new(Rules.UnknownKind, "near a known one", "POST /clusters", """{"kind": "Clustr", "metadata": {"name": "x"}}""", "/kind", "Did you mean Cluster?"),
        new(Rules.UnknownKind, "of another route", "POST /clusters", """{"kind": "Promise", "metadata": {"name": "x"}}""", "/kind", "Here belongs a Cluster"),
        new(Rules.UnknownKind, "another version", "POST /clusters", """{"apiVersion": "promises.dev/v2", "metadata": {"name": "x"}}""", "/apiVersion", "promises.dev/v1alpha1"),
        new(Rules.UnknownKind, "in a stream", "POST /apply", """{"apiVersion": "promises.dev/v1alpha1", "kind": "Clustr", "metadata": {"name": "x"}}""", "/kind", "Did you mean Cluster?"),
        new(Rules.WrongType, "text for a number", "POST /environments", """{"metadata": {"name": "x"}, "spec": {"position": "five", "audience": "internal"}}""", "/spec/position", "whole number"),
        new(Rules.WrongType, "a number for text", "POST /clusters", """{"metadata": {"name": "x", "labels": {"n": 1}}}""", "/metadata/labels/n", "put it in quotes"),
        new(Rules.WrongType, "a list for a document", "POST /clusters", "[{}]", "", "object"),
        new(Rules.Required, "the name", "POST /clusters", """{"spec": {}}""", "/metadata/name", "metadata.name"),
        new(Rules.Required, "the token", "POST /credentials", """{"metadata": {"name": "x"}, "spec": {}}""", "/spec/token", "Give token a value."),
        new(Rules.Name, "64 characters", "POST /clusters", $$$"""{"metadata": {"name": "{{{new string('a', 64)}}}"}}""", "/metadata/name", "1 to 63"),
        new(Rules.Name, "capital letters", "POST /environments", """{"metadata": {"name": "Dev"}, "spec": {"position": 5, "audience": "internal"}}""", "/metadata/name", "a-z"),
        new(Rules.Name, "reserved", "POST /promises", """{"metadata": {"name": "promises-x"}, "spec": {"placement": {"allClusters": true}}}""", "/metadata/name", "reserved"),
        new(Rules.GenerateName, "of ours", "POST /clusters", """{"metadata": {"name": "x", "generateName": "x-"}}""", "/metadata/generateName", "metadata.name"),
        new(Rules.LabelKey, "a bad character", "POST /clusters", """{"metadata": {"name": "x", "labels": {"Team!": "A"}}}""", "/metadata/labels/Team!", "[prefix/]name"),
        new(Rules.LabelKey, "in a selector", "POST /promises", Placed("""{"clusterSelector": {"matchLabels": {"a b": "A"}}}"""), "/spec/placement/clusterSelector/matchLabels/a b", "[prefix/]name"),
        new(Rules.LabelValue, "a space", "POST /clusters", """{"metadata": {"name": "x", "labels": {"team": "A B"}}}""", "/metadata/labels/team", "Use up to 63"),
        new(Rules.LabelValue, "of a derived label", "POST /clusters", Cluster("""{"region": "eu west"}"""), "/spec/region", "Use up to 63"),
        new(Rules.LabelValue, "set alone", "PUT /clusters/taken/labels/team", """{"value": "A B"}""", "/value", "Use up to 63"),
        new(Rules.ReservedLabel, "a derived one", "POST /clusters", """{"metadata": {"name": "x", "labels": {"promises.dev/name": "y"}}}""", "/metadata/labels/promises.dev~1name", "derived"),
        new(Rules.Enum, "an agent", "POST /clusters", Cluster("""{"agent": "helm"}"""), "/spec/agent", "Use flux or argocd."),
        new(Rules.Enum, "a role", "POST /tokens", """{"metadata": {"name": "x"}, "spec": {"role": "root"}}""", "/spec/role", "viewer"),
        new(Rules.Range, "a position", "POST /environments", """{"metadata": {"name": "x"}, "spec": {"position": 0, "audience": "internal"}}""", "/spec/position", "Use 1 to"),
        new(Rules.Range, "an expiry in the past", "POST /tokens", """{"metadata": {"name": "x"}, "spec": {"role": "viewer", "expiresAt": "2020-01-01T00:00:00Z"}}""", "/spec/expiresAt", "future"),
        new(Rules.TooLong, "a user name", "POST /credentials", $$$"""{"metadata": {"name": "x"}, "spec": {"username": "{{{new string('u', 257)}}}", "token": "t"}}""", "/spec/username", "at most 256"),
        new(Rules.TooLong, "one value", "POST /clusters", """{"metadata": {"name": "x", "annotations": {"a": "VALUE"}}}""".Replace("VALUE", new string('v', 600_000), StringComparison.Ordinal), "/metadata/annotations/a", "524288"),
        new(Rules.SeveralDocuments, "YAML", "POST /clusters", "metadata: {name: x}\n---\nmetadata: {name: y}\n", "", "/apply") { ContentType = "application/yaml" },
        new(Rules.SeveralDocuments, "JSON", "POST /clusters", """[{"metadata": {"name": "x"}}, {"metadata": {"name": "y"}}]""", "", "/apply"),
    ];

    private static IEnumerable<RuleCase> OfKeys() =>
    [
        new(Rules.IdempotencyKey, "not ASCII", "POST /clusters", Cluster("{}"), "", "printable ASCII") { Headers = [("Idempotency-Key", "a\u007f")] },
        new(Rules.IdempotencyKey, "too long", "POST /clusters", Cluster("{}"), "", "1 to 255") { Headers = [("Idempotency-Key", new string('k', 256))] },
        new(Rules.IdempotencyKey, "empty", "POST /promotions", """{"spec": {"from": "ops", "to": "apps", "all": true}}""", "", "1 to 255") { Headers = [("Idempotency-Key", "")] },
    ];

    private static IEnumerable<RuleCase> OfText() =>
    [
        new(Rules.DuplicateKey, "in JSON", "POST /clusters", """{"metadata": {"name": "x", "name": "y"}}""", "/metadata/name", "once"),
        new(Rules.DuplicateKey, "in YAML", "POST /clusters", "metadata: {name: x}\nmetadata: {name: x}\n", "/metadata", "once") { ContentType = "application/yaml" },
        new(Rules.TooDeep, "lists", "POST /clusters", $$$"""{"a": {{{new string('[', 80)}}}{{{new string(']', 80)}}}}""", "/a" + string.Concat(Enumerable.Repeat("/0", 63)), "64 levels"),
        new(Rules.Aliases, "a bomb", "POST /clusters", Bomb(), "/e/7", "write out less") { ContentType = "application/yaml" },
        new(Rules.ControlCharacter, "in a name", "POST /clusters", "metadata: {name: \"x\\x01\"}\n", "/metadata/name", "control character") { ContentType = "application/yaml" },
        new(Rules.ControlCharacter, "in a URL", "POST /state-stores", Store("""{"url": "https://git.invalid/a\nb"}"""), "/spec/git/url", "control character"),
        new(Rules.YamlTag, "a type", "POST /clusters", "metadata: {name: !!python/name x}\n", "/metadata/name", "Remove the tag") { ContentType = "application/yaml" },
    ];

    private static string Bomb() => "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + string.Concat("bcdefgh".Select(letter => $"{letter}: &{letter} [{string.Join(", ", Enumerable.Repeat($"*{(char)(letter - 1)}", 10))}]\n"));
}
