using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.Catalog;

public sealed class PromiseTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Namespace = """{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}""";

    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Content_makes_revisions_and_equal_content_pins_the_earlier_one_again()
    {
        var first = (await PutAsync("turns", """, "version": "v1.4" """)).ShouldBe(201);
        first.Text("/spec/version").ShouldBe("1.4.0");
        first.Text("/spec/placement/onUnmatch").ShouldBe("Retain");
        first.Text("/status/latestRevision").ShouldBe("1");
        first.Json("/status/pins").ShouldBe("""{"ops":1}""");

        (await PutAsync("turns", $$$""", "version": "1.4.0", "dependencies": [{{{Namespace}}}]""")).ShouldBeProblem(409, "version-reused").Text("/revision").ShouldBe("1");
        var second = (await PutAsync("turns", $$$""", "version": "1.5", "dependencies": [{{{Namespace}}}]""")).ShouldBe(200);
        second.Json("/status/pins").ShouldBe("""{"ops":2}""");
        second.Text("/metadata/generation").ShouldBe("2");
        second.Text("/status/digest").ShouldNotBe(first.Text("/status/digest"));

        var back = (await PutAsync("turns", """, "version": "1.4.0" """)).ShouldBe(200);
        back.Text("/status/latestRevision").ShouldBe("2");
        back.Json("/status/pins").ShouldBe("""{"ops":1}""");
        back.Text("/status/digest").ShouldBe(first.Text("/status/digest"));
        back.Json("/spec").ShouldBe(first.Json("/spec"));

        var labelled = (await Client.PatchAsync("/promises/turns", """{"metadata": {"labels": {"team": "a"}}}""")).ShouldBe(200);
        labelled.Text("/status/latestRevision").ShouldBe("2");
        (await PutAsync("turns", "")).ShouldBe(200).Text("/status/latestRevision").ShouldBe("3");
    }

    [Fact]
    public async Task Revisions_are_listed_by_number()
    {
        foreach (var version in (string[])["1", "2", "3"]) (await PutAsync("listed", $", \"version\": \"{version}\"")).Status.ShouldBeOneOf(200, 201);

        var page = (await Client.GetAsync("/promises/listed/revisions?limit=2")).ShouldBe(200);
        page.Text("/kind").ShouldBe("RevisionList");
        page.Json["items"]!.AsArray().Select(item => (string?)item!["metadata"]!["name"]).ShouldBe(["listed.1", "listed.2"]);
        var rest = await Client.GetAsync($"/promises/listed/revisions?limit=2&continue={page.Text("/metadata/continue")}");
        rest.Json["items"]!.AsArray().Count.ShouldBe(1);
        rest.Text("/metadata/continue").ShouldBe("");

        var third = (await Client.GetAsync("/promises/listed/revisions/3")).ShouldBe(200);
        third.Text("/kind").ShouldBe("Revision");
        third.Text("/spec/version").ShouldBe("3.0.0");
        third.Text("/status/number").ShouldBe("3");
        third.Text("/status/version").ShouldBe("3.0.0");
        third.Text("/status/createdBy").ShouldBe("admin");
        third.Json("/status/pinnedIn").ShouldBe("""["ops"]""");
        third.Text("/status/digest")!.ShouldStartWith("sha256:");
        (await Client.GetAsync("/promises/listed/revisions/1")).Json("/status/pinnedIn").ShouldBe("[]");
        foreach (var path in (string[])["listed/revisions/4", "listed/revisions/x", "nobody/revisions", "nobody/revisions/1"])
            (await Client.GetAsync($"/promises/{path}")).ShouldBeProblem(404, "not-found");
    }

    [Fact]
    public async Task Promise_that_others_need_stays()
    {
        (await PutAsync("needed", "")).ShouldBe(201);
        (await PutAsync("member", "")).ShouldBe(201);
        (await PutAsync("needs", """, "requires": [{"promise": "needed"}], "includes": [{"promise": "member"}]""")).ShouldBe(201);

        foreach (var name in (string[])["needed", "member"])
            (await Client.DeleteAsync($"/promises/{name}")).ShouldBeProblem(409, "in-use").Json("/users").ShouldBe("""[{"kind":"Promise","name":"needs"}]""");
        (await Client.DeleteAsync("/promises/needs")).ShouldBe(200);
        foreach (var name in (string[])["needed", "member"]) (await Client.DeleteAsync($"/promises/{name}")).ShouldBe(200);
    }

    [Fact]
    public async Task Deleted_promise_is_gone_at_once_and_its_name_is_free_when_its_files_are_off_the_branch()
    {
        (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "holder", "labels": {"holds": "yes"}}}""")).ShouldBe(201);
        (await PutAsync("leaves", $$$""", "dependencies": [{{{Namespace}}}]""", """{"clusterSelector": {"matchLabels": {"holds": "yes"}}}""")).ShouldBe(201);

        (await Client.DeleteConfirmedAsync("/promises/leaves")).ShouldBe(200).Text("/metadata/name").ShouldBe("leaves");
        (await Client.GetAsync("/promises/leaves")).Status.ShouldBe(404);
        (await Client.GetAsync("/promises/leaves/revisions")).Status.ShouldBe(404);

        await Wait.UntilAsync(async () =>
        {
            var again = await PutAsync("leaves", "");
            if (again.Status != 201) again.ShouldBeProblem(409, "already-exists");
            return again.Status == 201;
        });
        (await Client.GetAsync("/promises/leaves")).Text("/status/latestRevision").ShouldBe("1");
        (await Client.GetAsync("/placements/leaves.holder")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Secret_is_taken_when_it_is_sealed_or_allowed_by_name_and_a_list_counts_as_its_items()
    {
        const string Plain = """{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"k": "v"}}""";
        const string Sealed = """{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"k": "ENC[AES256_GCM,data:x]"}, "sops": {"version": "3.9.0"}}""";
        (await PutAsync("secret", $$$""", "dependencies": [{{{Sealed}}}]""")).ShouldBe(201);
        (await PutAsync("secret", $$$""", "dependencies": [{{{Plain}}}]""")).Mistakes().ShouldBe(["/spec/dependencies/0/stringData secret-data"]);
        foreach (var query in (string[])["?allowSecret=s", "?allowSecret=other/t&allowSecret=default/s"])
            (await PutAsync("secret" + query, $$$""", "dependencies": [{{{Plain}}}]""")).ShouldBe(200);
        (await PutAsync("secret", $$$""", "dependencies": [{{{Plain}}}]""")).Mistakes().ShouldBe(["/spec/dependencies/0/stringData secret-data"]);

        var listed = await PutAsync("list", $$$""", "dependencies": [{"apiVersion": "v1", "kind": "List", "items": [{{{Namespace}}}]}]""");
        listed.ShouldBe(201).At("/spec/dependencies")!.AsArray().ShouldHaveSingleItem()!["kind"]!.ToString().ShouldBe("Namespace");
    }

    [Fact]
    public async Task Deletion_that_reaches_users_takes_an_admin_and_anybody_may_try_it()
    {
        (await PutAsync("outside", $$$""", "dependencies": [{{{Namespace}}}]""", """{"clusterSelector": {"matchLabels": {"users": "yes"}}}""")).ShouldBe(201);
        (await Client.PostTextAsync("/promotions", """{"spec": {"from": "ops", "to": "apps", "promises": ["outside"]}}""")).ShouldBe(201);
        (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "public", "labels": {"users": "yes"}}, "spec": {"environment": "apps"}}""")).ShouldBe(201);

        (await (await Client.AsAsync("viewer")).DeleteAsync("/promises/outside?dryRun=true")).ShouldBe(200).Text("/impact/external").ShouldBe("1");
        var worker = await Client.AsAsync("operator");
        (await worker.DeleteAsync("/promises/outside?dryRun=true")).ShouldBe(200);
        (await worker.DeleteAsync("/promises/outside")).ShouldBeProblem(403, "forbidden");
        (await Client.DeleteConfirmedAsync("/promises/outside")).ShouldBe(200);
    }

    private Task<Reply> PutAsync(string target, string more, string placement = """{"onlyIncluded": true}""") =>
        Client.PutAsync($"/promises/{target}", $$$"""{"spec": {"placement": {{{placement}}}{{{more}}}}}""");
}
