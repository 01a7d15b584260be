using System.Text.Json.Nodes;
using MediatR;
using Promises.Manifests;
using Promises.Model;
using Promises.Server.Features.Git;
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

    /// <param name="Heads">The commits that were read, by branch; one that is not there is left out.</param>
    /// <param name="Key">What a page is continued with, less the file: pages of one audit are of the same commits, so that together they are all of its files.</param>
    /// <param name="Counts">Of all files, by state.</param>
    /// <param name="Files">That come after the page before.</param>
    public sealed record Result(
        IReadOnlyDictionary<string, string> Heads, string Key, long Version, IReadOnlyDictionary<string, int> Counts, IEnumerable<AuditedFile> Files);

    internal sealed class Handler(StoreWorkReader reader, StateStoreProvider stores, StoreHomes homes) : IRequestHandler<Query, Outcome<Result>>
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
                if (await reader.ReadAllAsync(query.Name, cancellationToken) is not { } work) return new Failure.NotFound(StateStoreView.Kind, query.Name);
                if (work.Store.IsEmbedded && await homes.FindAsync(query.Name, cancellationToken) is { IsHere: false } elsewhere) return new Misdirected(query.Name, elsewhere.Host);
                var store = stores.Open(work.Store);
                var heads = await store.TipsAsync([.. work.Targets.Select(branch => branch.Name)], cancellationToken);
                // The writer may have been between its push and its record.
                if (attempt < Attempts && work.Targets.Any(branch => branch.Head != heads.GetValueOrDefault(branch.Name))) continue;

                var key = CanonicalJson.Digest(new JsonObject(heads.OrderBy(head => head.Key, StringComparer.Ordinal).Select(head => KeyValuePair.Create(head.Key, (JsonNode?)head.Value))));
                var (before, last) = query.After?.Split('\n', 2) is [var first, var file] ? (first, file) : (key, null);
                if (before != key) return new Failure.Malformed("The branch was moved since the page before, so the rest would not fit to it. Begin again without continue.");

                var files = new List<AuditedFile>();
                foreach (var branch in work.Targets) files.AddRange(StoreAudit.Of(work, branch, await ListAsync(store, branch, heads, cancellationToken)));
                files.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
                var counts = StoreAudit.States.ToDictionary(state => state, state => files.Count(file => file.State == state), StringComparer.Ordinal);
                return new Result(heads, key, work.Version, counts, files.Where(file =>
                    (query.State is null || file.State == query.State) && (last is null || string.CompareOrdinal(file.Key, last) > 0)));
            }
        }

        private static async Task<Dictionary<string, string>> ListAsync(
            IStateStore store, BranchWork branch, IReadOnlyDictionary<string, string> heads, CancellationToken cancellationToken)
        {
            var directories = branch.Clusters.Select(cluster => cluster.Site.Path).Distinct(StringComparer.Ordinal).ToList();
            if (directories.Count == 0 || !heads.TryGetValue(branch.Name, out var head)) return [];
            var files = await store.ListAsync(head, directories.Contains("") ? [] : directories, cancellationToken);
            return files.ToDictionary(entry => entry.Path, entry => entry.Id, StringComparer.Ordinal);
        }
    }
}
