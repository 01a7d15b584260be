using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Model;

namespace Promises.EndToEnd.Tests.Features.Objects;

public sealed class RuleTests(RuleFleet fleet) : IClassFixture<RuleFleet>
{
    public static TheoryData<string> Titles => [.. RuleCases.All.Select(one => one.ToString())];

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task Mistake_is_named_with_its_place_and_its_remedy_and_nothing_is_kept(string title)
    {
        var one = RuleCases.All.Single(one => one.ToString() == title);
        var before = await fleet.Client.VersionAsync();

        var reply = await fleet.Client.SendAsync(one.Method, one.Path, one.Body, one.ContentType, one.Headers);

        var error = reply.ShouldBeProblem(422, "invalid").Json["errors"]!.AsArray().ShouldHaveSingleItem(reply.Text)!;
        ((string?)error["rule"]).ShouldBe(one.Rule, reply.Text);
        ((string?)error["pointer"]).ShouldBe(one.Pointer);
        ((string?)error["remedy"])!.ShouldContain(one.Remedy);
        ((string?)error["value"] ?? "").Length.ShouldBeLessThanOrEqualTo(200);
        reply.Text("/detail").ShouldBe("1 mistake.");
        if (one.Path == "/apply") ((int?)error["document"]).ShouldNotBeNull();
        else error.AsObject().ContainsKey("document").ShouldBeFalse();
        if (one.Secret is not null) reply.Text.ShouldNotContain(one.Secret);
        (await fleet.Client.VersionAsync()).ShouldBe(before);
    }

    [Fact]
    public void Every_rule_of_the_closed_list_has_a_case() =>
        RuleCases.All.Select(one => one.Rule).Distinct().Order().ShouldBe(Rules.All.Order());

    [Fact]
    public async Task Rules_are_listed_in_the_description_of_the_API()
    {
        var text = (await fleet.Client.With(null).GetAsync("/openapi/v1.json")).Text;
        foreach (var rule in Rules.All) text.ShouldContain(rule);
    }

    [Fact]
    public async Task All_mistakes_are_named_at_once_those_of_the_document_and_those_that_only_the_fleet_can_tell()
    {
        var cluster = await fleet.Client.PostTextAsync("/clusters",
            """{"metadata": {"name": "x"}, "spec": {"environment": "nowhere", "stateStore": {"name": "none", "path": "../x"}, "agent": "helm", "regoin": "eu"}}""");
        cluster.Mistakes().ShouldBe(
            ["/spec/stateStore/path path", "/spec/agent enum", "/spec/regoin unknown-field", "/spec/environment unknown-environment", "/spec/stateStore/name unknown-state-store"],
            ignoreOrder: true);
        cluster.Text("/detail").ShouldBe("5 mistakes.");

        (await fleet.Client.PatchAsync("/clusters/taken", """{"metadata": {"name": "other"}, "spec": {"environment": "apps", "agent": "helm"}}""")).Mistakes().ShouldBe(
            ["/metadata/name immutable", "/spec/agent enum", "/spec/environment immutable"], ignoreOrder: true);
        (await fleet.Client.PostTextAsync("/promises", """{"metadata": {"name": "x"}, "spec": {"version": "one", "requires": [{"promise": "nobody"}]}}""")).Mistakes().ShouldBe(
            ["/spec/version version", "/spec/placement placement-missing", "/spec/requires/0/promise unknown-promise"], ignoreOrder: true);
        (await fleet.Client.PostTextAsync("/state-stores", """{"metadata": {"name": "x"}, "spec": {"layout": "flat", "git": {"url": "file:///nowhere.git", "credentialsRef": "nobody"}}}""")).Mistakes().ShouldBe(
            ["/spec/layout enum", "/spec/git/url url", "/spec/git/credentialsRef unknown-credential"], ignoreOrder: true);
    }

    [Fact]
    public async Task Stream_names_the_mistakes_of_all_its_documents()
    {
        var reply = await fleet.Client.SendAsync("POST", "/apply", """
            apiVersion: promises.dev/v1alpha1
            kind: Cluster
            metadata: {name: x}
            spec: {environment: nowhere, agent: helm}
            ---
            apiVersion: promises.dev/v1alpha1
            kind: Cluster
            metadata: {name: y}
            spec: {stateStore: {path: sites/taken}}
            """, "application/yaml");

        reply.Mistakes().ShouldBe(["/spec/agent enum", "/spec/environment unknown-environment", "/spec/stateStore/path path-in-use"]);
        reply.Json["errors"]!.AsArray().Select(error => (int)error!["document"]!).ShouldBe([0, 0, 1]);
        reply.Json["results"]!.AsArray().Select(result => (string?)result!["result"]).ShouldBe(["Invalid", "Invalid"]);
        ((JsonArray)(await fleet.Client.GetAsync("/clusters")).Json["items"]!).Count.ShouldBe(2);
    }
}
