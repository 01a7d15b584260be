using Promises.Manifests;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>The files of one owner, a placement or the cluster itself: what we wrote, what is wanted, and the difference to what is there.</summary>
/// <param name="written">Full path to blob id, as recorded.</param>
/// <param name="wanted">Full path to file.</param>
internal sealed class FileSet(IReadOnlyDictionary<string, string> written, IReadOnlyDictionary<string, RenderedFile> wanted, BranchView? view)
{
    public IReadOnlyDictionary<string, string> Written => written;

    public IReadOnlyDictionary<string, RenderedFile> Wanted => wanted;

    /// <summary>Somebody else changed one of our files.</summary>
    public bool IsDisturbed => view is not null && written.Any(file => view.Actual(file.Key, file.Value) != file.Value);

    /// <summary>Whether files are to go where none of ours is, so that one has to look what is there.</summary>
    public bool HasNew => wanted.Keys.Any(path => Actual(path) is null);

    /// <summary>Files of others that are where ours would go.</summary>
    public IReadOnlyList<(string Path, string Obstacle)> Obstacles(Listing listing) =>
    [
        .. wanted.Where(file => Actual(file.Key) is null)
            .Select(file => (file.Key, Obstacle: listing.Obstacle(file.Key, file.Value.Blob)))
            .Where(pair => pair.Obstacle is not null)
            .Select(pair => (pair.Key, pair.Obstacle!)),
    ];

    public IReadOnlyList<FileChange> Changes(Listing listing) =>
    [
        .. wanted.Where(file => (Actual(file.Key) ?? listing.Files.GetValueOrDefault(file.Key)) != file.Value.Blob)
            .Select(file => new FileChange(file.Key, file.Value.Content)),
        .. written.Keys.Where(path => !wanted.ContainsKey(path) && Actual(path) is not null).Select(path => new FileChange(path, null)),
    ];

    /// <summary>Files that go, and that somebody else deleted or put something in place of.</summary>
    public IEnumerable<string> Vanished => view is null ? [] : written.Keys.Where(path => !wanted.ContainsKey(path) && Actual(path) is null);

    /// <summary>Our files that somebody else changed and that are put right, with what is there instead.</summary>
    public IEnumerable<(string Path, string? Found)> Repairs => view is null ? [] : written
        .Select(file => (Path: file.Key, Written: file.Value, Found: view.Actual(file.Key, file.Value)))
        .Where(file => file.Found != file.Written && file.Found != wanted.GetValueOrDefault(file.Path)?.Blob)
        .Select(file => (file.Path, file.Found));

    /// <summary>What is at one of our paths; null at paths that we never wrote.</summary>
    private string? Actual(string path) => !written.TryGetValue(path, out var blob) ? null : view is null ? blob : view.Actual(path, blob);
}
