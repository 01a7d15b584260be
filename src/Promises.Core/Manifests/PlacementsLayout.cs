using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Manifests;

/// <summary>One directory per placement, one object per file, one Flux Kustomization per placement.</summary>
internal sealed class PlacementsLayout : ILayout
{
    public IReadOnlyDictionary<string, string> Paths(string promise, IReadOnlyList<ManifestObject> objects) =>
        objects.ToDictionary(o => $"{Directory(promise)}/{o.FileName}", o => o.Digest, StringComparer.Ordinal);

    public IReadOnlyList<RenderedFile> Render(string promise, IReadOnlyList<JsonObject> dependencies) =>
    [
        .. dependencies
            .Select(dependency => RenderedFile.Of($"{Directory(promise)}/{FileNames.For(Dependencies.Identify(dependency))}", Layouts.Print(dependency)))
            .OrderBy(file => file.Path, StringComparer.Ordinal),
    ];

    public string? ChildPath(string promise, Agent agent, bool hasObjects) => agent == Agent.Flux && hasObjects ? $"flux/{promise}.yaml" : null;

    internal static string Directory(string promise) => $"placements/{promise}";
}
