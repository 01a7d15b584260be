using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Manifests;

namespace Promises.EndToEnd.Tests.Features.Fleet;

/// <summary>What holds for every kind of object that clients write.</summary>
public sealed class KindTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly string[] ServerSet = ["uid", "generation", "resourceVersion", "creationTimestamp"];

    private ApiClient Client => fixture.Client;

    public static TheoryData<string> Kinds => [.. KindCase.All.Select(one => one.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Object_is_created_read_and_deleted(string kind)
    {
        var (one, path) = Case(kind, "life");
        var before = await Client.VersionAsync();
        var tried = (await Client.PostAsync($"{one.Route}?dryRun=true", one.Document("life"))).ShouldBe(200);
        tried.Text("/kind").ShouldBe("Plan");
        tried.Text("/object/metadata/name").ShouldBe("life");
        tried.Header("Promises-Change").ShouldBeNull();
        tried.Header("Location").ShouldBeNull();
        (await Client.GetAsync(path)).ShouldBeProblem(404, "not-found");
        (await Client.VersionAsync()).ShouldBe(before);

        var made = (await Client.PostAsync(one.Route, one.Document("life"))).ShouldBe(201);
        made.Header("Location").ShouldBe(path);
        made.Text("/apiVersion").ShouldBe("promises.dev/v1alpha1");
        made.Text("/kind").ShouldBe(kind);
        made.Text("/metadata/generation").ShouldBe("1");
        made.Text("/metadata/resourceVersion").ShouldBe(made.Header("Promises-Change"));
        made.Header("ETag").ShouldBe($"\"{made.Header("Promises-Change")}\"");
        foreach (var member in ServerSet) made.Text($"/metadata/{member}").ShouldNotBeNullOrEmpty(member);

        var read = (await Client.GetAsync(path)).ShouldBe(200);
        read.Header("ETag").ShouldBe(made.Header("ETag"));
        read.Json("/spec").ShouldBe(made.Json("/spec"));
        (await Client.PostAsync(one.Route, one.Document("life"))).ShouldBeProblem(409, "already-exists");

        var query = one.Deletion.Length == 0 ? "?dryRun=true" : $"{one.Deletion}&dryRun=true";
        (await Client.DeleteAsync(path + query)).ShouldBe(200).Text("/object/metadata/name").ShouldBe("life");
        (await Client.GetAsync(path)).ShouldBe(200);
        (await Client.DeleteAsync(path + one.Deletion, ("If-Match", "\"0\""))).ShouldBeProblem(412, "precondition-failed");
        var gone = (await Client.DeleteAsync(path + one.Deletion)).ShouldBe(200);
        gone.Text("/metadata/name").ShouldBe("life");
        gone.Header("Promises-Change").ShouldNotBeNull();
        (await Client.GetAsync(path)).ShouldBeProblem(404, "not-found");
        (await Client.DeleteAsync(path + one.Deletion)).ShouldBeProblem(404, "not-found");
        (await Client.PatchAsync(path, "{}")).ShouldBeProblem(404, "not-found");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Version_moves_with_metadata_and_spec_generation_with_the_spec_alone_and_nothing_with_nothing(string kind)
    {
        var (one, path) = Case(kind, "moves");
        var made = (await Client.PutAsync(path, one.Document(null).ToJsonString())).ShouldBe(201);
        made.Header("Location").ShouldBe(path);

        foreach (var nothing in new[] { await Client.PutAsync(path, one.Document("moves").ToJsonString()), await Client.PatchAsync(path, "{}"), await Client.PatchAsync(path, """{"status": {"x": 1}}""") })
        {
            nothing.ShouldBe(200).Header("Promises-Change").ShouldBeNull();
            nothing.Header("ETag").ShouldBe(made.Header("ETag"));
        }

        var labelled = (await Client.PatchAsync(path, """{"metadata": {"labels": {"a": "1", "b": "2"}, "annotations": {"n": "x"}}}""")).ShouldBe(200);
        labelled.Header("ETag").ShouldBe($"\"{labelled.Header("Promises-Change")}\"");
        labelled.Text("/metadata/generation").ShouldBe("1");
        (await Client.PatchAsync(path, """{"metadata": {"labels": {"a": null}}}""")).ShouldBe(200).Json("/metadata/labels").ShouldBe("""{"b":"2"}""");

        var changed = (await Client.PatchAsync(path, $$$"""{"spec": {{{one.Patch}}}}""")).ShouldBe(200);
        changed.Text("/metadata/generation").ShouldBe("2");
        changed.Text("/metadata/resourceVersion").ShouldBe(changed.Header("Promises-Change"));
        changed.Text("/metadata/uid").ShouldBe(made.Text("/metadata/uid"));

        var replaced = (await Client.PutAsync(path, one.Document("moves").ToJsonString())).ShouldBe(200);
        replaced.Json("/spec").ShouldBe(made.Json("/spec"));
        replaced.Json("/metadata/labels").ShouldBe("{}");
        replaced.Json("/metadata/annotations").ShouldBe("{}");
        (await Client.DeleteAsync(path + one.Deletion)).ShouldBe(200);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Write_holds_only_for_the_version_it_names(string kind)
    {
        var (one, path) = Case(kind, "held");
        var body = one.Document("held").ToJsonString();
        (await Client.PutAsync(path, body, ("If-Match", "\"1\""))).ShouldBeProblem(412, "precondition-failed");
        var made = (await Client.PutAsync(path, body, ("If-None-Match", "*"))).ShouldBe(201);
        var tag = made.Header("ETag")!;
        (await Client.PutAsync(path, body, ("If-None-Match", "*"))).ShouldBeProblem(412, "precondition-failed");
        (await Client.PatchAsync(path, """{"metadata": {"labels": {"a": "1"}}}""", ("If-Match", tag))).ShouldBe(200);
        (await Client.PatchAsync(path, """{"metadata": {"labels": {"a": "2"}}}""", ("If-Match", tag))).ShouldBeProblem(412, "precondition-failed");
        (await Client.PatchAsync(path + "?dryRun=true", """{"metadata": {"labels": {"a": "2"}}}""", ("If-Match", tag))).ShouldBeProblem(412, "precondition-failed");
        (await Client.PutAsync(path, body, ("If-Match", tag))).ShouldBeProblem(412, "precondition-failed");

        var stale = one.Document("held");
        stale["metadata"]!["resourceVersion"] = tag.Trim('"');
        (await Client.PutAsync(path, stale.ToJsonString())).ShouldBeProblem(409, "stale-resource-version");
        (await Client.PatchAsync(path, """{"metadata": {"resourceVersion": "1"}}""")).ShouldBeProblem(409, "stale-resource-version");

        stale["metadata"]!["resourceVersion"] = (await Client.GetAsync(path)).Text("/metadata/resourceVersion");
        (await Client.PutAsync(path, stale.ToJsonString())).ShouldBe(200).Json("/metadata/labels").ShouldBe("{}");
        (await Client.DeleteAsync(path + one.Deletion)).ShouldBe(200);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Object_is_written_and_read_in_YAML(string kind)
    {
        var (one, path) = Case(kind, "yaml");
        var yaml = YamlPrinter.Print(one.Document("yaml"));
        (await Client.SendAsync("POST", one.Route, yaml, "application/yaml", ("Accept", "application/yaml"))).ShouldBe(201).Header("Content-Type")!.ShouldStartWith("application/yaml");
        (await Client.SendAsync("PUT", path, yaml, "text/yaml")).ShouldBe(200).Header("Promises-Change").ShouldBeNull();

        var read = await Client.GetAsync(path, ("Accept", "application/x-yaml"));
        var document = DocumentReader.Read(System.Text.Encoding.UTF8.GetBytes(read.Text), DocumentFormat.Yaml).Value.ShouldHaveSingleItem().Content;
        JsonNode.DeepEquals(document["spec"], (await Client.GetAsync(path)).At("/spec")).ShouldBeTrue();
        (await Client.GetAsync($"{one.Route}?limit=1", ("Accept", "application/yaml"))).Text.ShouldContain($"kind: {kind}List");
        (await Client.DeleteAsync(path + one.Deletion, ("Accept", "text/yaml"))).ShouldBe(200).Text.ShouldContain($"kind: {kind}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Request_that_the_route_cannot_take_is_refused_before_anything_happens(string kind)
    {
        var (one, path) = Case(kind, "refused");
        var (before, body) = (await Client.VersionAsync(), one.Document("refused").ToJsonString());

        (await Client.PutAsync(one.Route, body)).ShouldBeProblem(405, "method-not-allowed").Header("Allow").ShouldNotBeNull();
        (await Client.PostTextAsync(one.Route, body, ("Accept", "text/html"))).ShouldBeProblem(406, "not-acceptable");
        (await Client.SendAsync("POST", one.Route, body, "text/plain")).ShouldBeProblem(415, "unsupported-media-type").Header("Accept").ShouldNotBeNull();
        (await Client.SendAsync("PATCH", path, "a: b", "application/yaml")).ShouldBeProblem(415, "unsupported-media-type").Header("Accept-Patch").ShouldNotBeNull();
        (await Client.PostTextAsync(one.Route, body[..^1])).ShouldBeProblem(400, "malformed");
        (await Client.PostTextAsync(one.Route, $$$"""{"a": "{{{new string('a', 4 * 1024 * 1024)}}}"}""")).ShouldBeProblem(413, "too-large");
        foreach (var query in (string[])["dryRun=yes", "dryrun=true", "limit=1"]) (await Client.PostTextAsync($"{one.Route}?{query}", body)).ShouldBeProblem(400, "malformed");
        foreach (var query in (string[])["limit=0", "limit=1001", "limit=x", "continue=x", "labelSelector=a%20in", "unknown=1"])
            (await Client.GetAsync($"{one.Route}?{query}")).ShouldBeProblem(400, "malformed");

        (await Client.VersionAsync()).ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task List_shows_each_object_once_by_name_and_by_label(string kind)
    {
        var one = KindCase.All.Single(one => one.Kind == kind);
        var names = Enumerable.Range(1, 5).Select(i => $"listed-{i}").ToList();
        foreach (var (name, index) in names.Select((name, index) => (name, index)).Reverse())
        {
            var document = one.Document(name);
            document["metadata"]!["labels"] = new JsonObject { ["odd"] = index % 2 == 0 ? "yes" : "no" };
            if (kind == "Environment") document["spec"]!["position"] = 100 + index;
            (await Client.PostAsync(one.Route, document)).ShouldBe(201);
        }

        var (seen, next, pages) = (new List<string>(), "", 0);
        do
        {
            var page = (await Client.GetAsync($"{one.Route}?limit=2&continue={next}")).ShouldBe(200);
            page.Text("/kind").ShouldBe($"{kind}List");
            page.Text("/metadata/resourceVersion").ShouldNotBeNullOrEmpty();
            seen.AddRange(page.Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
            next = page.Text("/metadata/continue")!;
        }
        while (next.Length > 0 && pages++ < 20);

        seen.ShouldBe(seen.Distinct().Order(StringComparer.Ordinal));
        seen.Where(name => name.StartsWith("listed-", StringComparison.Ordinal)).ShouldBe(names);
        var odd = await Client.GetAsync($"{one.Route}?labelSelector=odd%20in%20(yes)%2Codd!%3Dno");
        odd.Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!).ShouldBe(["listed-1", "listed-3", "listed-5"]);
        foreach (var name in names) (await Client.DeleteAsync($"{one.Route}/{name}{one.Deletion}")).ShouldBe(200);
    }

    private static (KindCase Case, string Path) Case(string kind, string name)
    {
        var one = KindCase.All.Single(one => one.Kind == kind);
        return (one, $"{one.Route}/{name}");
    }
}
