using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>
/// Manifests whose rows are gone, which happens in a damaged database only. What a revision is rendered to gives them again, and the digest says whether it is the
/// same; the next record of it brings the row back.
/// </summary>
internal static class LostManifests
{
    /// <param name="manifests">Those that are there.</param>
    public static async Task AddAsync(
        PromisesDb database, RenderCache cache, Layout layout, IEnumerable<Placement> placements, Dictionary<string, IReadOnlyDictionary<string, string>> manifests,
        CancellationToken cancellationToken)
    {
        var lost = placements.Where(p => p.WrittenManifest is not null && !manifests.ContainsKey(p.WrittenManifest)).Select(p => (p.Promise, p.WrittenRevision)).Distinct().ToList();
        foreach (var (promise, number) in lost)
        {
            if (await database.Revisions.SingleOrDefaultAsync(r => r.Promise == promise && r.Number == number, cancellationToken) is not { } revision) continue;
            var rendered = cache.Find(promise, revision.Digest, layout) ?? cache.Render(promise, revision.Digest, layout, revision.Content);
            if (rendered.Error is null) manifests.TryAdd(rendered.Manifest, rendered.Blobs);
        }
    }

    /// <summary>Why nothing of a placement can be written, as a sentence; null if its manifest is there.</summary>
    public static string? Describe(StoreWork work, Placement placement) => placement.WrittenManifest is null || work.Manifests.ContainsKey(placement.WrittenManifest) ? null
        : $"The database has lost which files of it are on the branch: the row {placement.WrittenManifest} of file_manifests is gone, and revision {placement.WrittenRevision} of "
            + $"{placement.Promise} does not give it again. Restore that row, or that revision, from a backup of the database.";
}
