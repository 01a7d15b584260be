using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Manifests;

namespace Promises.EndToEnd.Tests.Http;

public sealed class AnswerTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*", "application/json")]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", "application/json")]
    [InlineData("application/yaml", "application/yaml")]
    [InlineData("text/yaml", "text/yaml")]
    [InlineData("text/*", "text/yaml")]
    [InlineData("application/x-yaml; charset=utf-8", "application/x-yaml")]
    [InlineData("application/json;q=0.5, application/yaml", "application/yaml")]
    [InlineData("application/json;q=0, */*", "application/yaml")]
    [InlineData("application/yaml, application/json", "application/json")]
    public async Task Answer_comes_in_the_form_that_is_accepted_most(string? accept, string expected)
    {
        var reply = await Client.GetAsync("/tokens/admin", accept is null ? [] : [("Accept", accept)]);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("Content-Type").ShouldBe($"{expected}; charset=utf-8");
        var format = expected == "application/json" ? DocumentFormat.Json : DocumentFormat.Yaml;
        var document = DocumentReader.Read(System.Text.Encoding.UTF8.GetBytes(reply.Text), format).Value.ShouldHaveSingleItem().Content;
        ((string?)document["metadata"]!["name"]).ShouldBe("admin");
    }

    [Theory]
    [InlineData("application/json", """{"metadata": {"name": "NAME"}, "spec": {"role": "viewer"}}""")]
    [InlineData("application/json; charset=utf-8", """{"apiVersion": "promises.dev/v1alpha1", "kind": "Token", "metadata": {"name": "NAME"}, "spec": {"role": "viewer"}}""")]
    [InlineData("application/yaml", "metadata: {name: NAME}\nspec: {role: viewer}\n")]
    [InlineData("text/yaml", "metadata: {name: NAME}\nspec: {role: viewer}\n")]
    [InlineData("application/x-yaml", "---\nmetadata:\n  name: NAME\nspec:\n  role: viewer\n")]
    public async Task Document_is_taken_as_JSON_and_as_YAML(string type, string body)
    {
        var name = Tokens.NewName();
        var reply = await Client.SendAsync("POST", "/tokens", body.Replace("NAME", name, StringComparison.Ordinal), type);
        reply.Status.ShouldBe(201, reply.Text);
    }

    [Fact]
    public async Task Created_object_has_location_tag_and_number_of_its_change()
    {
        var name = Tokens.NewName();
        var reply = await Client.PostAsync("/tokens", Tokens.Document(name));

        reply.Status.ShouldBe(201);
        reply.Header("Location").ShouldBe($"/tokens/{name}");
        var version = (string?)reply.Json["metadata"]!["resourceVersion"];
        reply.Header("ETag").ShouldBe($"\"{version}\"");
        reply.Header("Promises-Change").ShouldBe(version);
        ((string?)reply.Json["apiVersion"]).ShouldBe("promises.dev/v1alpha1");
        ((string?)reply.Json["kind"]).ShouldBe("Token");
    }

    [Fact]
    public async Task Head_answers_as_get_without_a_body()
    {
        var get = await Client.GetAsync("/tokens/admin");
        var head = await Client.SendAsync("HEAD", "/tokens/admin", null);

        head.Status.ShouldBe(200);
        head.Text.ShouldBeEmpty();
        head.Header("ETag").ShouldBe(get.Header("ETag"));
    }

    [Fact]
    public async Task Write_with_a_stale_precondition_changes_nothing()
    {
        var name = Tokens.NewName();
        var tag = (await Client.PostAsync("/tokens", Tokens.Document(name))).Header("ETag")!;

        (await Client.DeleteAsync($"/tokens/{name}", ("If-Match", "\"0\""))).ShouldBeProblem(412, "precondition-failed");
        (await Client.DeleteAsync($"/tokens/{name}", ("If-Match", $"W/{tag}"))).ShouldBeProblem(412, "precondition-failed");
        (await Client.DeleteAsync($"/tokens/{name}", ("If-Match", $"\"0\", {tag}"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Pages_show_each_object_once_and_continue_only_their_own_list()
    {
        for (var i = 0; i < 7; i++)
        {
            var document = Tokens.Document(Tokens.NewName());
            document["metadata"]!["labels"] = new JsonObject { ["paged"] = "yes" };
            (await Client.PostAsync("/tokens", document)).Status.ShouldBe(201);
        }

        var (names, next) = (new List<string>(), "");
        do
        {
            var page = (await Client.GetAsync($"/tokens?labelSelector=paged%3Dyes&limit=3&continue={next}")).Json;
            page["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(3);
            names.AddRange(page["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
            next = (string)page["metadata"]!["continue"]!;

            if (next.Length > 0)
            {
                (await Client.GetAsync($"/tokens?limit=3&continue={next}")).ShouldBeProblem(400, "malformed");
                (await Client.GetAsync($"/tokens?labelSelector=paged%3Dyes&continue={next[..^2]}")).ShouldBeProblem(400, "malformed");
            }
        }
        while (next.Length > 0);

        names.Count.ShouldBe(7);
        names.ShouldBe(names.Order(StringComparer.Ordinal).Distinct());
    }
}
