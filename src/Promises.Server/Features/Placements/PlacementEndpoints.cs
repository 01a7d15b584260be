using MediatR;
using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Placements;

/// <summary>Routes for placements. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class PlacementEndpoints
{
    public static void MapPlacements(this IEndpointRouteBuilder api)
    {
        var placements = api.MapGroup("/placements").WithTags(PlacementView.Kind);

        placements.MapGet("", ListAsync).Paged().Query("cluster", "promise", "environment", "state").Answers("PlacementList")
            .WithName("ListPlacements").WithSummary("What is where: a page of placements by name");
        placements.MapGet("/{name}", GetAsync).Answers(PlacementView.Kind)
            .WithName("GetPlacement").WithSummary("One placement, promise.cluster");
        placements.MapDelete("/{name}", WithdrawAsync).Writes().Answers(PlacementView.Kind)
            .WithName("WithdrawPlacement").WithSummary("Withdraw a retained placement");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IMediator mediator)
    {
        var page = Paging.Read(context.Request);
        var selector = context.LabelSelector();
        var state = Query.Filter(context.Request, "state");
        Failure? unknown = state is null || PlacementStates.All.Contains(state)
            ? null
            : new Failure.Malformed($"state is one of {string.Join(", ", PlacementStates.All)}.");
        if ((page.Failure ?? selector.Failure ?? unknown) is { } failure) return Problems.From(failure);

        var query = new ListPlacements.Query(
            Query.Filter(context.Request, "cluster"), Query.Filter(context.Request, "promise"), Query.Filter(context.Request, "environment"), state,
            page.Value.After, page.Value.Limit + 1, selector.Value);
        var list = await mediator.Send(query, context.RequestAborted);
        return context.Page(page.Value, PlacementView.Kind, list);
    }

    private static async Task<IResult> GetAsync(string name, HttpContext context, IMediator mediator) =>
        ApiResults.OkOrProblem(await mediator.Send(new GetPlacement.Query(name), context.RequestAborted));

    private static async Task<IResult> WithdrawAsync(string name, HttpContext context, IMediator mediator) =>
        (await mediator.Send(new WithdrawPlacement.Command(name, context.WriteRequest()), context.RequestAborted)).ToHttp();
}
