using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Reconciling;
using Promises.StateStores;

namespace Promises.Server.Features.Git;

/// <summary>The directory of an embedded store. Stores of other kinds are nobody's to clone from here, so they are not found.</summary>
internal static class FindRepository
{
    /// <param name="Repository">As in the URL: the name of the store and <c>.git</c>.</param>
    public sealed record Query(string Repository) : IRequest<Outcome<string>>;

    public sealed class Handler(PromisesDb db, IEmbeddedStores stores, StoreHomes homes) : IRequestHandler<Query, Outcome<string>>
    {
        private const string Extension = ".git";

        public async Task<Outcome<string>> Handle(Query query, CancellationToken cancellationToken)
        {
            if (!query.Repository.EndsWith(Extension, StringComparison.Ordinal)) return new Failure.NotFound("repository", query.Repository);

            // The name reaches the file system only after the database knew it.
            var name = query.Repository[..^Extension.Length];
            if (!await db.StateStores.AnyAsync(store => store.Name == name && store.Url == null, cancellationToken))
                return new Failure.NotFound("embedded store", name);

            var home = await homes.FindAsync(name, cancellationToken);
            if (!home.IsHere) return new Misdirected(name, home.Host);

            // It may be asked for before anything was written to it.
            await stores.EnsureAsync(name, cancellationToken);
            return stores.PathOf(name);
        }
    }
}
