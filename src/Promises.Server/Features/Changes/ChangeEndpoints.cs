using MediatR;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Changes;

/// <summary>Routes for changes. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class ChangeEndpoints
{
    public static void MapChanges(this IEndpointRouteBuilder api)
    {
        var changes = api.MapGroup("/changes").WithTags(ChangeView.Kind);

        changes.MapGet("", ListAsync).Query("limit", "continue").Answers("ChangeList")
            .WithName("ListChanges").WithSummary("Every accepted write, newest first");
        changes.MapGet("/{number}", GetAsync).Answers(ChangeView.Kind)
            .WithName("GetChange").WithSummary("Who, when, what was asked, the impact, and the commits it became");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IMediator mediator)
    {
        var page = Paging.Read(context.Request);
        if (page.Failure is not null) return Problems.From(page.Failure);

        var list = await mediator.Send(new ListChanges.Query(page.Value.After, page.Value.Limit + 1), context.RequestAborted);
        return context.Page(page.Value, ChangeView.Kind, list);
    }

    private static async Task<IResult> GetAsync(string number, HttpContext context, IMediator mediator) =>
        ApiResults.OkOrProblem(await mediator.Send(new GetChange.Query(number), context.RequestAborted));
}
