using MediatR;
using Promises.Model;
using Promises.Server.Http;
using Promises.Server.Reconciling;
using Promises.StateStores;

namespace Promises.Server.Features.StateStores;

/// <summary>Fetches the branch of a store and holds every file of it against what it should be.</summary>
internal static class AuditStore
{
    /// <param name="State">Only files that are in it; null for all.</param>
    /// <param name="After">The key of the last file of the page before.</param>
    public sealed record Query(string Name, string? State, string? After) : IRequest<Outcome<Result>>;

    /// <param name="Head">Null if there is no branch.</param>
    /// <param name="Counts">Of all files, by state.</param>
    /// <param name="Files">That come after the page before.</param>
    public sealed record Result(string? Head, long Version, IReadOnlyDictionary<string, int> Counts, IEnumerable<AuditedFile> Files);

    /// <summary>What a page is continued with: pages of one audit are of one commit, so that together they are all of its files.</summary>
    public static string Key(string? head, string path) => $"{head}\n{path}";

    internal sealed class Handler(StoreWorkReader reader, StateStoreProvider stores) : IRequestHandler<Query, Outcome<Result>>
    {
        /// <summary>The writer works in the same mirror, and may wait for a host that hangs.</summary>
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        private const int Attempts = 3;

        public async Task<Outcome<Result>> Handle(Query query, CancellationToken cancellationToken)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            try
            {
                return await AuditAsync(query, limit.Token);
            }
            catch (StateStoreException failure)
            {
                var trouble = StoreSyncException.From(failure, stores.Disk);
                return new StateStoreTrouble(query.Name, trouble.Reason, trouble.Message);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new StateStoreTrouble(query.Name, "Busy", "The repository was in use, or did not answer, for too long.");
            }
        }

        private async Task<Outcome<Result>> AuditAsync(Query query, CancellationToken cancellationToken)
        {
            for (var attempt = 1; ; attempt++)
            {
                if (await reader.ReadAsync(query.Name, everything: true, cancellationToken) is not { } work) return new Failure.NotFound(StateStoreView.Kind, query.Name);
                var store = stores.Open(work.Store);
                var head = await store.TipAsync(cancellationToken);
                // The writer may have been between its push and its record.
                if (head != work.Head && attempt < Attempts) continue;
                if (query.After is { } after && after[..after.IndexOf('\n', StringComparison.Ordinal)] != (head ?? ""))
                    return new Failure.Malformed("The branch was moved since the page before, so the rest would not fit to it. Begin again without continue.");

                var directories = work.Clusters.Select(cluster => cluster.Site.Path).Distinct(StringComparer.Ordinal).ToList();
                var there = head is null || directories.Count == 0 ? [] : await store.ListAsync(head, directories.Contains("") ? [] : directories, cancellationToken);
                var files = StoreAudit.Of(work, there.ToDictionary(entry => entry.Path, entry => entry.Id, StringComparer.Ordinal));
                var counts = StoreAudit.States.ToDictionary(state => state, state => files.Count(file => file.State == state), StringComparer.Ordinal);
                var last = query.After?[(query.After.IndexOf('\n', StringComparison.Ordinal) + 1)..];
                return new Result(head, work.Version, counts, files.Where(file =>
                    (query.State is null || file.State == query.State) && (last is null || string.CompareOrdinal(file.Path, last) > 0)));
            }
        }
    }
}
