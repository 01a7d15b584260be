using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Http;

public sealed class AccessTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Theory]
    [InlineData("viewer", "GET", "/tokens", 200)]
    [InlineData("operator", "GET", "/tokens", 200)]
    [InlineData("viewer", "POST", "/tokens", 403)]
    [InlineData("operator", "POST", "/tokens", 403)]
    [InlineData("admin", "POST", "/tokens", 201)]
    [InlineData("viewer", "POST", "/tokens?dryRun=true", 200)]
    [InlineData("viewer", "POST", "/tokens?dryRun=All", 200)]
    [InlineData("viewer", "POST", "/tokens?dryRun=false", 403)]
    [InlineData("viewer", "POST", "/tokens?DryRun=true", 400)]
    [InlineData("viewer", "POST", "/tokens?dryRun=true&dryRun=false", 403)]
    [InlineData("viewer", "DELETE", "/tokens/admin", 403)]
    [InlineData("operator", "DELETE", "/tokens/admin", 403)]
    [InlineData("viewer", "DELETE", "/tokens/nobody?dryRun=true", 404)]
    [InlineData("viewer", "PUT", "/tokens", 405)]
    [InlineData("viewer", "POST", "/nowhere", 404)]
    public async Task Role_decides(string role, string method, string path, int status)
    {
        var client = await Client.AsAsync(role);

        var body = method == "DELETE" ? null : Tokens.Document(Tokens.NewName()).ToJsonString();
        var reply = await client.SendAsync(method, path, body);

        reply.Status.ShouldBe(status, reply.Text);
        if (status == 403) reply.ShouldBeProblem(403, "forbidden");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("pst_")]
    [InlineData("pst_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("nonsense")]
    public async Task Without_a_valid_token_nothing_is_told(string? token) =>
        (await Client.With(token).GetAsync("/tokens")).ShouldBeProblem(401, "unauthenticated").Text.ShouldNotContain("AAAA");

    [Fact]
    public async Task Token_as_password_opens_nothing_but_git()
    {
        var basic = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"x:{fixture.Server.AdminToken}"));
        (await Client.With(null).GetAsync("/tokens", ("Authorization", $"Basic {basic}"))).ShouldBeProblem(401, "unauthenticated");
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs/index.html")]
    [InlineData("/docs/swagger-ui-bundle.js")]
    [InlineData("/docs/swagger-ui.css")]
    [InlineData("/docs/index.js")]
    public async Task Open_routes_need_no_token(string path) => (await Client.With(null).GetAsync(path)).Status.ShouldBe(200);

    [Fact]
    public async Task Docs_page_loads_nothing_from_elsewhere()
    {
        var page = await Client.With(null).GetAsync("/docs/index.html");
        page.Text.ShouldNotContain("//cdn", Case.Insensitive);
        page.Text.ShouldNotContain("https://");
        page.Header("Content-Security-Policy")!.ShouldContain("default-src 'self'");
        page.Header("X-Content-Type-Options").ShouldBe("nosniff");
    }
}
