using Promises.Manifests;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>The files of one placement, and what to record of them.</summary>
/// <param name="Gone">It is withdrawn: nothing of it stays.</param>
/// <param name="Manifest">Digest of <paramref name="Blobs"/>; null if there are no files.</param>
/// <param name="Child">Blob id of the flux child; null if there is none.</param>
/// <param name="Error">Why the files cannot be made; null if they can.</param>
internal sealed record OwnedFiles(
    FileSet Files, bool Gone, string? Manifest, IReadOnlyDictionary<string, string> Blobs, string? Child, string? Error)
{
    private static readonly Dictionary<string, string> NoBlobs = [];
    private static readonly Dictionary<string, RenderedFile> NoFiles = [];

    /// <returns>Null if nothing is to be done about it.</returns>
    public static OwnedFiles? Of(StoreWork work, ClusterWork cluster, Placement placement, BranchView? view)
    {
        var firstContact = view is { IsFirstContact: true };
        var written = firstContact ? [] : Written(work, cluster, placement);
        var isMerged = false;
        foreach (var (path, blob) in view?.Merged(work.Proposed[placement.Name]) ?? []) isMerged |= written.TryAdd(path, blob);
        if (placement.Leaving || cluster.Cluster.Leaving) return new OwnedFiles(new FileSet(written, NoFiles, view), true, null, NoBlobs, null, null);
        if (placement.Digest is null)
            return placement.WrittenDigest is null && written.Count == 0 ? null : new OwnedFiles(new FileSet(written, NoFiles, view), false, null, NoBlobs, null, null);

        var settled = placement.Digest == placement.WrittenDigest && placement.StalledReason is null && !firstContact && !isMerged;
        if (settled && !new FileSet(written, NoFiles, view).IsDisturbed) return null;

        try
        {
            return Wanted(work, cluster, placement, written, view);
        }
#pragma warning disable CA1031 // Whatever is the matter with one Promise must not stop the store: its placements say so, the others go on.
        catch (Exception failed)
        {
            return Failed(written, view, $"{failed.GetType().Name}: {failed.Message}");
        }
#pragma warning restore CA1031
    }

    private static OwnedFiles Wanted(StoreWork work, ClusterWork cluster, Placement placement, Dictionary<string, string> written, BranchView? view)
    {
        if (!work.Revisions.TryGetValue((placement.Promise, placement.Revision), out var revision)) return Failed(written, view, "its revision is gone.");
        if (revision.Error is not null) return Failed(written, view, revision.Error);

        var wanted = revision.Files.ToDictionary(file => cluster.Below(file.Path), StringComparer.Ordinal);
        string? child = null;
        if (Layouts.For(cluster.Site.Layout).ChildPath(placement.Promise, cluster.Site.Agent, revision.Files.Count > 0) is not null)
        {
            var file = FluxChild.Render(cluster.Site, placement.Promise, placement.DependsOn);
            wanted.Add(cluster.Below(file.Path), file);
            child = file.Blob;
        }

        return new OwnedFiles(new FileSet(written, wanted, view), false, revision.Files.Count == 0 ? null : revision.Manifest, revision.Blobs, child, null);
    }

    private static OwnedFiles Failed(Dictionary<string, string> written, BranchView? view, string error) =>
        new(new FileSet(written, NoFiles, view), false, null, NoBlobs, null, error);

    /// <summary>What the rows say is on the branch, as far as <see cref="LostManifests"/> lets them: full path to blob id.</summary>
    public static Dictionary<string, string> Written(StoreWork work, ClusterWork cluster, Placement placement)
    {
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        if (placement.WrittenManifest is not null && work.Manifests.TryGetValue(placement.WrittenManifest, out var files))
        {
            foreach (var (path, blob) in files) written.Add(cluster.Below(path), blob);
        }

        // Only this layout has children, so a child on the branch lies where it puts them, whatever the layout is now.
        if (placement.WrittenChild is not null)
            written.Add(cluster.Below(Layouts.For(Layout.Placements).ChildPath(placement.Promise, Agent.Flux, hasObjects: true)!), placement.WrittenChild);
        return written;
    }
}
