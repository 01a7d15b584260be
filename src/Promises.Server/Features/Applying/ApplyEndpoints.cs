using MediatR;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Applying;

internal static class ApplyEndpoints
{
    public static void MapApply(this IEndpointRouteBuilder api) =>
        api.MapPost("/apply", ApplyAsync).Writes().Query(Query.AllowSecretParameter).Takes("stream").Answers("ApplyResult").WithTags("Apply")
            .WithName("Apply").WithSummary("Create or replace every document of a stream, in one change or not at all");

    private static async Task<IResult> ApplyAsync(HttpContext context, IMediator mediator)
    {
        var body = await ApiBody.ReadStreamAsync(context);
        if (body.Failure is not null) return Problems.From(body.Failure);

        var command = new ApplyDocuments.Command(body.Value.Stream, context.DocumentContext(), context.WriteRequest(body.Value.Hash));
        return (await mediator.Send(command, context.RequestAborted)).ToHttp();
    }
}
