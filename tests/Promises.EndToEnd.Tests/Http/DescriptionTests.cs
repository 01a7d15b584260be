using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Http;

namespace Promises.EndToEnd.Tests.Http;

public sealed class DescriptionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Description_is_OpenAPI_3_1_with_tokens_and_the_closed_list_of_rules()
    {
        var document = (await fixture.Client.With(null).GetAsync("/openapi/v1.json")).Json;

        document["openapi"]!.ToString().ShouldStartWith("3.1");
        ((string?)document["components"]!["securitySchemes"]!["token"]!["scheme"]).ShouldBe("bearer");
        document["components"]!["schemas"]!["Rule"]!["enum"]!.AsArray().Select(rule => (string)rule!).ShouldBe(Promises.Model.Rules.All);
        document["components"]!["schemas"]!["Problem"]!["properties"]!["errors"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Every_operation_has_a_name_of_its_own_and_a_summary()
    {
        var document = (await fixture.Client.With(null).GetAsync("/openapi/v1.json")).Json;

        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!).ToList();
        operations.Count.ShouldBeGreaterThan(5);
        operations.ShouldAllBe(operation => operation["operationId"] != null && operation["summary"] != null);
        operations.Select(operation => (string?)operation["operationId"]).ShouldBeUnique();
    }

    [Fact]
    public async Task Operation_lists_parameters_media_types_and_problems()
    {
        var create = (await fixture.Client.With(null).GetAsync("/openapi/v1.json")).Json["paths"]!["/tokens"]!["post"]!;

        create["parameters"]!.AsArray().Select(parameter => (string?)parameter!["name"]).ShouldBe(["dryRun", "If-Match", "If-None-Match", "Impact-Token", "Idempotency-Key"]);
        create["requestBody"]!["content"]!.AsObject().Select(content => content.Key).ShouldBe(["application/json", "application/yaml", "text/yaml", "application/x-yaml"]);
        create["responses"]!["201"].ShouldNotBeNull();
        create["responses"]!["409"].ShouldNotBeNull();
        create["responses"]!["default"]!["content"]!["application/problem+json"].ShouldNotBeNull();
    }

    [Fact]
    public void Every_route_that_is_not_a_read_says_who_may_write()
    {
        var routes = fixture.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

        var silent = routes
            .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>() is { } methods && !methods.HttpMethods.Contains("GET"))
            .Where(route => route.Metadata.GetMetadata<WriteAccess>() is null && route.Metadata.GetMetadata<ReadAccess>() is null)
            .Select(route => route.RoutePattern.RawText);

        silent.ShouldBeEmpty();
    }
}
