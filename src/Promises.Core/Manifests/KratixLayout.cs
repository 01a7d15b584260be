using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Manifests;

/// <summary>
/// As Kratix writes static dependencies in its mode nestedByMetadata: one file per Promise, with all documents in their author's order.
/// </summary>
internal sealed class KratixLayout : ILayout
{
    public IReadOnlyDictionary<string, string> Paths(string promise, IReadOnlyList<ManifestObject> objects) => objects.Count == 0
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { [Path(promise)] = CanonicalJson.Digest(string.Join('\n', objects.Select(o => o.Digest))) };

    public IReadOnlyList<RenderedFile> Render(string promise, IReadOnlyList<JsonObject> dependencies) =>
        dependencies.Count == 0 ? [] : [RenderedFile.Of(Path(promise), string.Join("---\n", dependencies.Select(Layouts.Print)))];

    public string? ChildPath(string promise, Agent agent, bool hasObjects) => null;

    // 5058f begins the MD5 of ".", the directory of a default workload group.
    private static string Path(string promise) => $"dependencies/{promise}/5058f/static/{promise}-dependencies.yaml";
}
