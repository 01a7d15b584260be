using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Tokens;

internal static class ListTokens
{
    public sealed record Query(Page Page, string? LabelSelector) : IRequest<Outcome<Read>>;

    /// <param name="Tokens">One more than the page holds, if there are more.</param>
    public sealed record Read(long Version, IReadOnlyList<AccessToken> Tokens);

    public sealed class Handler(PromisesDb db) : IRequestHandler<Query, Outcome<Read>>
    {
        public async Task<Outcome<Read>> Handle(Query query, CancellationToken cancellationToken)
        {
            var matches = Labels.Parse(query.LabelSelector);
            if (matches.Failure is { } failure) return failure;

            var version = await FleetLock.VersionAsync(db, cancellationToken);
            var after = query.Page.After ?? "";

            // Read in order and stopped when the page is full: labels are matched here, in the one place that knows how.
            var tokens = new List<AccessToken>();
            await foreach (var token in db.AccessTokens.AsNoTracking()
                .Where(token => string.Compare(token.Name, after) > 0)
                .OrderBy(token => token.Name)
                .AsAsyncEnumerable()
                .WithCancellation(cancellationToken))
            {
                if (!matches.Value(token.Labels)) continue;

                tokens.Add(token);
                if (tokens.Count > query.Page.Limit) break;
            }

            return new Read(version, tokens);
        }
    }
}
