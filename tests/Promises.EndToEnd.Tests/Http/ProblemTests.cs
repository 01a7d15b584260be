using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Http;

public sealed class ProblemTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Unknown_route_is_a_problem() => (await Client.GetAsync("/nowhere")).ShouldBeProblem(404, "not-found");

    [Fact]
    public async Task Unknown_route_without_token_does_not_say_that_it_is_unknown() =>
        (await Client.With(null).GetAsync("/nowhere")).ShouldBeProblem(401, "unauthenticated").Header("WWW-Authenticate").ShouldBe("Bearer realm=\"promises\"");

    [Fact]
    public async Task Unknown_object_is_a_problem_that_names_the_path() =>
        (await Client.GetAsync("/tokens/nobody?")).ShouldBeProblem(404, "not-found").Json["instance"]!.ToString().ShouldBe("/tokens/nobody");

    [Fact]
    public async Task Wrong_method_is_a_problem_that_lists_the_right_ones()
    {
        var reply = (await Client.SendAsync("PUT", "/tokens", "{}")).ShouldBeProblem(405, "method-not-allowed");
        reply.Header("Allow").ShouldBe("GET, POST");
    }

    [Fact]
    public async Task Nothing_acceptable_is_a_problem_in_spite_of_what_is_accepted() =>
        (await Client.GetAsync("/tokens", ("Accept", "image/png"))).ShouldBeProblem(406, "not-acceptable");

    [Fact]
    public async Task Not_acceptable_is_said_before_anything_is_written()
    {
        var name = Tokens.NewName();
        (await Client.PostAsync("/tokens", Tokens.Document(name), ("Accept", "image/png"))).ShouldBeProblem(406, "not-acceptable");

        (await Client.GetAsync($"/tokens/{name}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Unknown_media_type_is_a_problem_that_lists_the_known_ones()
    {
        var reply = (await Client.SendAsync("POST", "/tokens", "<a/>", "application/xml")).ShouldBeProblem(415, "unsupported-media-type");
        reply.Header("Accept").ShouldBe("application/json, application/yaml, text/yaml, application/x-yaml");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("\"\\ud800\"x")]
    public async Task Body_that_cannot_be_parsed_is_malformed(string body) =>
        (await Client.SendAsync("POST", "/tokens", body)).ShouldBeProblem(400, "malformed");

    [Fact]
    public async Task Body_over_the_limit_is_refused_by_its_length() =>
        (await Client.SendAsync("POST", "/tokens", new string(' ', (4 * 1024 * 1024) + 1))).ShouldBeProblem(413, "too-large");

    [Fact]
    public async Task Body_over_the_limit_is_refused_while_it_comes_in_chunks() =>
        (await Client.SendAsync("POST", "/tokens", new string(' ', (4 * 1024 * 1024) + 1), headers: ("Transfer-Encoding", "chunked"))).ShouldBeProblem(413, "too-large");

    [Fact]
    public async Task Body_of_exactly_the_limit_is_read() =>
        (await Client.SendAsync("POST", "/tokens", new string(' ', 4 * 1024 * 1024))).ShouldBeProblem(400, "malformed");

    [Theory]
    [InlineData("/tokens?colour=red", "colour")]
    [InlineData("/tokens?limit=1&limit=2", "limit")]
    [InlineData("/tokens?limit=0", "limit")]
    [InlineData("/tokens?limit=1001", "limit")]
    [InlineData("/tokens?limit=ten", "limit")]
    [InlineData("/tokens?limit=%2B1", "limit")]
    [InlineData("/tokens?LIMIT=1", "LIMIT")]
    [InlineData("/tokens?continue=abc", "continue")]
    [InlineData("/tokens?labelSelector=a%20b", "labelSelector")]
    public async Task Bad_query_parameter_is_malformed_and_named(string path, string name) =>
        (await Client.GetAsync(path)).ShouldBeProblem(400, "malformed").Json["detail"]!.ToString().ShouldContain(name);

    [Theory]
    [InlineData("yes")]
    [InlineData("TRUE")]
    [InlineData("")]
    [InlineData("true&dryRun=false")]
    public async Task DryRun_that_is_not_clear_writes_nothing(string value)
    {
        var name = Tokens.NewName();
        (await Client.PostAsync($"/tokens?dryRun={value}", Tokens.Document(name))).ShouldBeProblem(400, "malformed");

        (await Client.GetAsync($"/tokens/{name}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task All_mistakes_of_a_document_are_listed_with_pointers()
    {
        var body = """{"metadata": {"name": "UPPER"}, "spec": {"rôle": "admin", "expiresAt": "tomorrow"}}""";
        var reply = (await Client.SendAsync("POST", "/tokens", body)).ShouldBeProblem(422, "invalid");

        var errors = reply.Json["errors"]!.AsArray();
        errors.Select(error => (string?)error!["pointer"]).ShouldBe(["/metadata/name", "/spec/rôle", "/spec/role", "/spec/expiresAt"], ignoreOrder: true);
        errors.ShouldAllBe(error => Promises.Model.Rules.All.Contains((string)error!["rule"]!) && ((string)error["remedy"]!).Length > 0);
        reply.Json["detail"]!.ToString().ShouldBe("4 mistakes.");
        errors.ShouldAllBe(error => error!["document"] == null);
    }

    [Theory]
    [InlineData("application/yaml", "metadata: {name: a}\n---\nmetadata: {name: b}\n")]
    [InlineData("application/json", "[{}, {}]")]
    public async Task Several_documents_on_a_typed_route_are_sent_to_apply(string type, string body)
    {
        var reply = (await Client.SendAsync("POST", "/tokens", body, type)).ShouldBeProblem(422, "invalid");
        ((string?)reply.Json["errors"]![0]!["rule"]).ShouldBe("several-documents");
    }

    [Fact]
    public async Task Long_value_is_cut()
    {
        var reply = (await Client.PostAsync("/tokens", Tokens.Document(new string('x', 5000)))).ShouldBeProblem(422, "invalid");
        ((string?)reply.Json["errors"]![0]!["value"])!.Length.ShouldBe(200);
    }
}
