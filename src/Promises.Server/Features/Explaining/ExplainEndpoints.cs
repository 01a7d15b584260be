using System.Text.Json.Nodes;
using MediatR;
using Promises.Data;
using Promises.Model;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Explaining;

/// <summary>Why a cluster has a Promise, or has not. Verdicts are computed when asked and stored nowhere.</summary>
internal static class Explain
{
    public sealed record Query(string? Promise, string? Cluster, string? After, int Limit) : IRequest<Outcome<Answer>>;

    /// <param name="Items">One more than the page holds tells that there is another page.</param>
    public sealed record Answer(string Summary, IReadOnlyList<JsonObject> Items);

    internal sealed class Handler(PromisesDb database, FleetState fleet) : IRequestHandler<Query, Outcome<Answer>>
    {
        public async Task<Outcome<Answer>> Handle(Query query, CancellationToken cancellationToken)
        {
            var snapshot = await fleet.ReadAsync(database, cancellationToken);
            if (query.Promise is not null && !snapshot.HasPromise(query.Promise)) return new Failure.NotFound("Promise", query.Promise);
            if (query.Cluster is not null && snapshot.FindCluster(query.Cluster) is null) return new Failure.NotFound("Cluster", query.Cluster);

            var verdicts = Explainer.Explain(snapshot, query.Promise, query.Cluster);
            var page = verdicts.Items.SkipWhile(verdict => query.After is not null && string.CompareOrdinal(VerdictView.Key(verdict), query.After) <= 0);
            return new Answer(verdicts.Summary, [.. page.Take(query.Limit).Select(VerdictView.Of)]);
        }
    }
}

internal static class ExplainEndpoints
{
    public static void MapExplain(this IEndpointRouteBuilder api) =>
        api.MapGet("/explain", ExplainAsync).Query("promise", "cluster", "limit", "continue").Answers("VerdictList").WithTags("Placement")
            .WithName("Explain").WithSummary("Why a cluster has a Promise or has not, rule by rule, and what would change it");

    private static async Task<IResult> ExplainAsync(HttpContext context, IMediator mediator)
    {
        var (promise, cluster) = (Query.Value(context.Request, "promise"), Query.Value(context.Request, "cluster"));
        if (string.IsNullOrEmpty(promise) && string.IsNullOrEmpty(cluster))
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
