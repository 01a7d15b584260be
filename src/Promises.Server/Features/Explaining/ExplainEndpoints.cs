using System.Text.Json.Nodes;
using MediatR;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Explaining;

/// <summary>The route of the explanation. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class ExplainEndpoints
{
    public static void MapExplain(this IEndpointRouteBuilder api) =>
        api.MapGet("/explain", ExplainAsync).Query("promise", "cluster", "limit", "continue").Answers("VerdictList").WithTags("Placement")
            .WithName("Explain").WithSummary("Why a cluster has a Promise or has not, rule by rule, and what would change it");

    private static async Task<IResult> ExplainAsync(HttpContext context, IMediator mediator)
    {
        var (promise, cluster) = (Query.Filter(context.Request, "promise"), Query.Filter(context.Request, "cluster"));
        if (promise is null && cluster is null)
            return Problems.From(new Failure.Malformed("Name a promise, a cluster, or both: /explain?promise=redis&cluster=c1."));

        var page = Paging.Read(context.Request);
        if (page.Failure is not null) return Problems.From(page.Failure);

        var answer = await mediator.Send(new Explain.Query(promise, cluster, page.Value.After, page.Value.Limit + 1), context.RequestAborted);
        if (answer.Failure is not null) return Problems.From(answer.Failure);

        var more = answer.Value.Items.Count > page.Value.Limit;
        var items = answer.Value.Items.Take(page.Value.Limit).ToList();
        return ApiResults.Ok(ApiResults.Object(
            "VerdictList",
            ("summary", answer.Value.Summary),
            ("metadata", new JsonObject { ["continue"] = more ? Paging.Continue(context.Request, VerdictView.Key(items[^1])) : "" }),
            ("items", new JsonArray([.. items]))));
    }
}
