using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Manifests;

/// <summary>Where the objects of a placement lie below the cluster's directory.</summary>
public interface ILayout
{
    /// <summary>The files of a placement, from identities only: path to a digest that changes if and only if the content changes.</summary>
    IReadOnlyDictionary<string, string> Paths(string promise, IReadOnlyList<ManifestObject> objects);

    /// <summary>The same files with their content.</summary>
    IReadOnlyList<RenderedFile> Render(string promise, IReadOnlyList<JsonObject> dependencies);

    /// <summary>The Flux Kustomization of a placement; null where there is none.</summary>
    string? ChildPath(string promise, Agent agent, bool hasObjects);
}
