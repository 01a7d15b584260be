using Promises.Manifests;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>Why a batch is not to be written before somebody decided about it.</summary>
/// <param name="Items">What the decision is about, sorted: files, or names of clusters.</param>
/// <param name="Losses">Files that would go, of those that the decision is about.</param>
/// <param name="BranchVersion">Where the database is older than the branch.</param>
internal sealed record HoldCase(HoldReason Reason, string Message, IReadOnlyList<string> Items, IReadOnlyList<FileLoss> Losses, long? BranchVersion = null)
{
    /// <summary>Equal digests mean that a decision would be about the same.</summary>
    public string Digest { get; } = CanonicalJson.Digest($"{Reason}\n{BranchVersion}\n{string.Join('\n', Items)}");

    public static HoldCase UnconfirmedRemoval(IReadOnlyList<FileLoss> losses) => new(
        HoldReason.UnconfirmedRemoval, $"{Files(losses.Count)} would be removed that no confirmed change removes.", Paths(losses), losses);

    public static HoldCase RestoredDatabase(Restored restored, IReadOnlyList<FileLoss> leftovers) => new(
        HoldReason.RestoredDatabase,
        $"The branch has commits up to fleet version {restored.Version} that the database, which was at {restored.Known}, does not know of: it was restored from an older copy."
            + (leftovers.Count == 0 ? "" : $" {Files(leftovers.Count)} that they brought would be removed."),
        Paths(leftovers), leftovers, restored.Version);

    public static HoldCase TooManyExternalClusters(IReadOnlyList<string> clusters, int limit, IReadOnlyList<FileLoss> losses) => new(
        HoldReason.TooManyExternalClusters, $"{clusters.Count} external clusters would be written at once; {limit} are allowed.", clusters, losses);

    private static IReadOnlyList<string> Paths(IReadOnlyList<FileLoss> losses) => [.. losses.Select(loss => loss.Path).Order(StringComparer.Ordinal)];

    private static string Files(int count) => count == 1 ? "1 file" : $"{count} files";
}
