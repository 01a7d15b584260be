using Promises.Manifests;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>Why a batch is not to be written before somebody decided about it.</summary>
/// <param name="Items">What the decision is about, sorted: files and branches (<c>branch:path</c>), or names of clusters.</param>
/// <param name="Losses">Files that would go, of those that the decision is about.</param>
/// <param name="BranchVersion">Where the database is older than the branch.</param>
internal sealed record HoldCase(HoldReason Reason, string Message, IReadOnlyList<string> Items, IReadOnlyList<FileLoss> Losses, long? BranchVersion = null)
{
    /// <summary>Equal digests mean that a decision would be about the same.</summary>
    public string Digest { get; } = CanonicalJson.Digest($"{Reason}\n{BranchVersion}\n{string.Join('\n', Items)}");

    public static HoldCase UnconfirmedRemoval(IReadOnlyList<FileLoss> losses) => new(
        HoldReason.UnconfirmedRemoval, $"{Files(losses.Count)} would be removed that no confirmed change removes.", Sorted(losses.Select(loss => loss.Item)), losses);

    public static HoldCase RestoredDatabase(Restoration found, IReadOnlyList<FileLoss> leftovers) => new(
        HoldReason.RestoredDatabase,
        $"The branch has commits up to fleet version {found.Version} that the database, which was at {found.Known}, does not know of: it was restored from an older copy."
            + (leftovers.Count == 0 ? "" : $" {Files(leftovers.Count)} that they brought would be removed."),
        Sorted(found.Branches.Select(branch => branch + ":").Concat(leftovers.Select(loss => loss.Item))), leftovers, found.Version);

    public static HoldCase TooManyExternalClusters(IReadOnlyList<string> clusters, int limit, IReadOnlyList<FileLoss> losses) => new(
        HoldReason.TooManyExternalClusters, $"{clusters.Count} external clusters would be written at once; {limit} are allowed.", clusters, losses);

    private static IReadOnlyList<string> Sorted(IEnumerable<string> items) => [.. items.Order(StringComparer.Ordinal)];

    private static string Files(int count) => count == 1 ? "1 file" : $"{count} files";
}
