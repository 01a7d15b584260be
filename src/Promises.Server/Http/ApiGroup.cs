namespace Promises.Server.Http;

/// <summary>The routes of the API: what holds for each of them is checked here, before its handler runs.</summary>
internal static class ApiGroup
{
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("");
        api.AddEndpointFilter(CheckAsync);
        return api;
    }

    private static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;

        // Before the handler, because after a write it is too late to say that the answer cannot be sent.
        var offered = context.GetEndpoint()!.Metadata.GetMetadata<AnswersStream>() is { } stream ? [stream.MediaType] : MediaTypes.Documents;
        if (MediaTypes.Choose(context.Request, offered) is null) return Problems.From(new NotAcceptable(offered));
        if (Query.Check(context.Request, context.GetEndpoint()!.KnownParameters()) is { } failure) return Problems.From(failure);
        return await next(invocation);
    }
}
