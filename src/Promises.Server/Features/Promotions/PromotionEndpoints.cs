using MediatR;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Promotions;

/// <summary>Routes for promotions. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class PromotionEndpoints
{
    public static void MapPromotions(this IEndpointRouteBuilder api)
    {
        var promotions = api.MapGroup("/promotions").WithTags(PromotionView.Kind);

        promotions.MapPost("", PromoteAsync).Writes().Takes(PromotionView.Kind).Answers(PromotionView.Kind, 201)
            .WithName("CreatePromotion").WithSummary("Move pins from one environment to the next");
        promotions.MapGet("", ListAsync).Query("limit", "continue").Answers("PromotionList")
            .WithName("ListPromotions").WithSummary("A page of promotions, newest first");
        promotions.MapGet("/{name}", GetAsync).Answers(PromotionView.Kind)
            .WithName("GetPromotion").WithSummary("One promotion, p-12");
    }

    private static async Task<IResult> PromoteAsync(HttpContext context, IMediator mediator)
    {
        var body = await ApiBody.ReadOneAsync(context, PromotionView.Kind);
        if (body.Failure is not null) return Problems.From(body.Failure);

        var document = FleetDocuments.Parse(body.Value.Content, PromotionView.Kind, context.DocumentContext());
        if (document.Failure is not null) return Problems.From(document.Failure);

        var spec = body.Value.Content["spec"]!.AsObject();
        var command = new Promote.Command((PromotionDocument)document.Value, spec, context.WriteRequest(body.Value.Hash));
        return (await mediator.Send(command, context.RequestAborted)).ToHttp();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IMediator mediator)
    {
        var page = Paging.Read(context.Request);
        if (page.Failure is not null) return Problems.From(page.Failure);

        var list = await mediator.Send(new ListPromotions.Query(page.Value.After, page.Value.Limit + 1), context.RequestAborted);
        return ApiResults.Ok(Paging.List(
            context.Request, page.Value, "PromotionList", list.Version, list.Items, item => item["metadata"]!["resourceVersion"]!.GetValue<string>(), item => item));
    }

    private static async Task<IResult> GetAsync(string name, HttpContext context, IMediator mediator) =>
        ApiResults.OkOrProblem(await mediator.Send(new GetPromotion.Query(name), context.RequestAborted));
}
