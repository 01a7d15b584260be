using MediatR;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Holds;

/// <summary>Routes for holds. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class HoldEndpoints
{
    private const int LongestReason = 1024;

    public static void MapHolds(this IEndpointRouteBuilder api)
    {
        var holds = api.MapGroup("/holds").WithTags(HoldView.Kind);

        holds.MapGet("", ListAsync).Query("limit", "continue", "stateStore").Answers("HoldList")
            .WithName("ListHolds").WithSummary("Batches that wait, or waited, for somebody to decide; newest first");
        holds.MapGet("/{name}", GetAsync).Answers(HoldView.Kind)
            .WithName("GetHold").WithSummary("One hold, h-3")
            .WithDescription("Nothing is written to its store while status.phase is Held. spec.impact says what a release would do, its removals with the files that would go.");
        holds.MapPost("/{name}/release", (string name, HttpContext context, IMediator mediator) => DecideAsync(name, HoldPhase.Released, context, mediator))
            .Writes().Takes("HoldDecision").Answers(HoldView.Kind)
            .WithName("ReleaseHold").WithSummary("Let the batch be written")
            .WithDescription("What is held goes through, and no more: a batch that has grown since is held anew. Takes the role admin where external clusters are concerned.");
        holds.MapPost("/{name}/discard", (string name, HttpContext context, IMediator mediator) => DecideAsync(name, HoldPhase.Discarded, context, mediator))
            .Writes().Takes("HoldDecision").Answers(HoldView.Kind)
            .WithName("DiscardHold").WithSummary("Do not let it happen")
            .WithDescription(
                "UnconfirmedRemoval: the files stay on the branch and count as foreign from then on; everything else of the batch is written. RestoredDatabase and "
                + "TooManyExternalClusters: the batch is not written; it is judged anew with the next change that concerns the store, or when the branch moves. "
                + "Takes the role admin where external clusters are concerned.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, IMediator mediator)
    {
        var page = Paging.Read(context.Request);
        if (page.Failure is not null) return Problems.From(page.Failure);

        var list = await mediator.Send(new ListHolds.Query(Query.Filter(context.Request, "stateStore"), page.Value.After, page.Value.Limit + 1), context.RequestAborted);
        return ApiResults.Ok(Paging.List(
            context.Request, page.Value, "HoldList", list.Version, list.Items, item => item["metadata"]!["name"]!.GetValue<string>()[2..], item => item));
    }

    private static async Task<IResult> GetAsync(string name, HttpContext context, IMediator mediator) =>
        ApiResults.OkOrProblem(await mediator.Send(new GetHold.Query(name), context.RequestAborted));

    private static async Task<IResult> DecideAsync(string name, HoldPhase phase, HttpContext context, IMediator mediator)
    {
        var body = await ApiBody.ReadOneAsync(context, "decision");
        if (body.Failure is not null) return Problems.From(body.Failure);

        var findings = new Findings(null);
        var decision = FieldReader.Of(body.Value.Content, "", findings);
        var reason = decision?.String("reason", required: true, severalLines: true, atMost: LongestReason);
        decision?.Done();
        if (findings.Errors.Count > 0) return Problems.From(new Failure.Invalid("decision", findings.Errors));
        return (await mediator.Send(new DecideHold.Command(name, phase, reason!, context.WriteRequest(body.Value.Hash)), context.RequestAborted)).ToHttp();
    }
}
