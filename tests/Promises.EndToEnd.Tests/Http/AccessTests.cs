using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
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

    [Fact]
    public async Task Every_route_wants_a_token_and_every_write_the_role_of_its_kind()
    {
        string[] ofAdmins = ["/tokens", "/credentials", "/state-stores", "/environments"];
        string[] open = ["/healthz", "/readyz", "/openapi/"];
        var (viewer, operatorClient) = (await Client.AsAsync("viewer"), await Client.AsAsync("operator"));
        var routes = fixture.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method => (Method: method, Path: PathOf(route))))
            .ToList();

        foreach (var (method, path) in routes.Where(route => !open.Any(route.Path.StartsWith)))
        {
            (await Client.With(null).SendAsync(method, path, null)).Status.ShouldBe(401, $"{method} {path}");
            if (method == "GET" || path.StartsWith("/git/", StringComparison.Ordinal)) continue;

            (await viewer.SendAsync(method, path, null)).Status.ShouldBe(403, $"{method} {path}");
            var status = (await operatorClient.SendAsync(method, path, null)).Status;
            if (ofAdmins.Any(path.StartsWith)) status.ShouldBe(403, $"{method} {path}");
            else status.ShouldNotBe(403, $"{method} {path}");
        }

        routes.Count.ShouldBeGreaterThan(30);

        static string PathOf(RouteEndpoint route) => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment =>
            string.Concat(segment.Parts.Select(part => part is RoutePatternLiteralPart literal ? literal.Content : part is RoutePatternSeparatorPart dot ? dot.Content : "x"))));
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
