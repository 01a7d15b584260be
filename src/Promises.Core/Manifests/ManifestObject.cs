using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>What deciding and planning know of one object: never its content.</summary>
/// <param name="FileName">Unique within a placement, as <see cref="FileNames"/> makes it.</param>
/// <param name="Digest">Changes if and only if the object's file changes.</param>
public sealed record ManifestObject(ObjectIdentity Identity, string FileName, string Digest)
{
    /// <summary>The object must have an apiVersion, a kind and a name.</summary>
    public static ManifestObject From(JsonObject dependency)
    {
        var identity = Dependencies.Identify(dependency);
        return new ManifestObject(identity, FileNames.For(identity), CanonicalJson.Digest(Dependencies.Normalize(dependency, out _)));
    }
}
