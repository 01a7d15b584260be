using Microsoft.OpenApi;

namespace Promises.Server.Http.OpenApi;

/// <summary>The description of the API, and a page to read it on. Both are open without a token.</summary>
internal static class OpenApiRegistration
{
    private const string Page = "docs";

    private const string Route = "/openapi/v1.json";

    /// <summary>The page's own scripts and styles, no others; its styles are partly in the page itself.</summary>
    private const string PagePolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddOperationTransformer<OperationDescription>();
        options.AddDocumentTransformer<DocumentDescription>();
    });

    public static void MapApiDescription(this IEndpointRouteBuilder routes) =>
        routes.MapOpenApi(Route.Replace("v1", "{documentName}", StringComparison.Ordinal)).AllowAnonymous();

    /// <summary>Everything the page needs lies in the package: it works without internet.</summary>
    public static IApplicationBuilder UseApiPage(this IApplicationBuilder app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments($"/{Page}"), page => page.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = PagePolicy;
            return next(context);
        }));
        return app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = Page;
            options.DocumentTitle = "Promises API";
            options.SwaggerEndpoint(Route, "Promises");
        });
    }
}
