using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Reconciling;

/// <summary>
/// Rendered revisions by digest, and the files of clusters by all that is in them. Neither changes, so the cache is never stale; it is emptied when it holds too much.
/// </summary>
internal sealed class RenderCache
{
    private const long MostBytes = 64 * 1024 * 1024;

    /// <summary>Of about 3 KiB each.</summary>
    private const int MostSites = 5_000;

    private readonly ConcurrentDictionary<(string Promise, string Digest, Layout Layout), RenderedRevision> _rendered = new();
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ClusterSite, IReadOnlyList<RenderedFile>> _sites = new();
    private long _bytes;

    /// <summary>The files of a cluster itself, where nobody else's README is in the way; that one first.</summary>
    public IReadOnlyList<RenderedFile> Files(ClusterSite site)
    {
        if (_sites.TryGetValue(site, out var files)) return files;
        if (_sites.Count >= MostSites) _sites.Clear();
        return _sites[site] = ClusterFiles.Render(site, foreignReadme: false);
    }

    public RenderedRevision? Find(string promise, string digest, Layout layout) => _rendered.GetValueOrDefault((promise, digest, layout));

    /// <summary>Blobs by path of a manifest, if a revision that it is of has been rendered here.</summary>
    public IReadOnlyDictionary<string, string>? FindManifest(string manifest) => _manifests.GetValueOrDefault(manifest);

    /// <summary>Digests of the revisions of these Promises that need not be rendered again.</summary>
    public IReadOnlyList<string> Known(IReadOnlySet<string> promises, Layout layout) =>
        [.. _rendered.Keys.Where(key => key.Layout == layout && promises.Contains(key.Promise)).Select(key => key.Digest)];

    public RenderedRevision Render(string promise, string digest, Layout layout, string content)
    {
        var rendered = Render(promise, layout, content);
        if (rendered.Error is not null) return rendered;

        var bytes = rendered.Files.Sum(file => (long)file.Content.Length);
        if (Interlocked.Add(ref _bytes, bytes) > MostBytes)
        {
            _rendered.Clear();
            _manifests.Clear();
            Interlocked.Exchange(ref _bytes, bytes);
        }

        _rendered[(promise, digest, layout)] = rendered;
        _manifests[rendered.Manifest] = rendered.Blobs;
        return rendered;
    }

    private static RenderedRevision Render(string promise, Layout layout, string content)
    {
        try
        {
            var files = Layouts.For(layout).Render(promise, PromiseContent.Read(content).Dependencies);
            var blobs = new SortedDictionary<string, string>(files.ToDictionary(file => file.Path, file => file.Blob), StringComparer.Ordinal);
            var listed = new JsonObject(blobs.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
            return new RenderedRevision(files, CanonicalJson.Digest(listed), blobs, null);
        }
#pragma warning disable CA1031 // One revision that cannot be rendered must not stop the store: its placements say so, the others go on.
        catch (Exception failed)
        {
            return new RenderedRevision([], "", new Dictionary<string, string>(), $"{failed.GetType().Name}: {failed.Message}");
        }
#pragma warning restore CA1031
    }
}
