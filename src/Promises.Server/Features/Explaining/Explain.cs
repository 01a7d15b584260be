using System.Text.Json.Nodes;
using MediatR;
using Promises.Data;
using Promises.Model;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

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
            return new Answer(verdicts.Summary, [.. verdicts.After(query.After).Take(query.Limit).Select(VerdictView.Of)]);
        }
    }
}
