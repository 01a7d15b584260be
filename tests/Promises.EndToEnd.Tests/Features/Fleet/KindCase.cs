using System.Text.Json.Nodes;

namespace Promises.EndToEnd.Tests.Features.Fleet;

/// <summary>One kind of object, with what the rules that all kinds share are tried with.</summary>
/// <param name="Spec">A valid spec, as a client would write it.</param>
/// <param name="Patch">A patch of the spec that changes something.</param>
/// <param name="Deletion">Query of a DELETE.</param>
internal sealed record KindCase(string Kind, string Route, string Spec, string Patch, string Deletion = "")
{
    public static IReadOnlyList<KindCase> All { get; } =
    [
        new("Cluster", "/clusters", """{"provider": "aws"}""", """{"provider": "gcp", "cordoned": true}""", "?files=keep"),
        new("Promise", "/promises", """{"placement": {"allClusters": true}, "dependencies": []}""", """{"placement": {"onUnmatch": "Withdraw"}}"""),
        new("Environment", "/environments", """{"position": 30, "audience": "external"}""", """{"position": 31}"""),
        new("StateStore", "/state-stores", "{}", """{"layout": "kratix"}"""),
        new("Credential", "/credentials", """{"username": "u", "token": "s3cr3t"}""", """{"token": "other"}"""),
    ];

    public JsonObject Document(string? name)
    {
        var document = new JsonObject { ["spec"] = JsonNode.Parse(Spec) };
        if (name is not null) document["metadata"] = new JsonObject { ["name"] = name };
        return document;
    }

    public override string ToString() => Kind;
}
