using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Manifests;

/// <summary>Where the files of a placement lie, relative to the cluster's directory.</summary>
public interface ILayout
{
    /// <summary>Paths from identities only. Key: path; value: a digest that changes exactly when the file's content does.</summary>
    IReadOnlyDictionary<string, string> Paths(string promise, IReadOnlyList<ManifestObject> objects);

    IReadOnlyList<RenderedFile> Render(string promise, IReadOnlyList<JsonObject> dependencies);

    /// <summary>The flux child of a placement; null where there is none.</summary>
    string? ChildPath(string promise, Agent agent, bool hasObjects);
}
