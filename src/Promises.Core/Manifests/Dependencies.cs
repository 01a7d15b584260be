using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>
/// What is done to an object between the catalogue, which keeps it as its author wrote it, and a cluster. The objects have been checked:
/// they have an apiVersion, a kind and a name.
/// </summary>
public static class Dependencies
{
    public const string DefaultNamespace = "default";

    /// <summary>
    /// The object with <c>namespace: default</c> where its kind is known to be namespaced and it names none: Flux refuses it otherwise. The
    /// argument is not changed; it is returned itself if there is nothing to fill in. A namespace on a cluster-scoped object stays: agents drop it.
    /// </summary>
    public static JsonObject Normalize(JsonObject dependency, out bool filledNamespace)
    {
        var (group, kind) = GroupKind(dependency);
        filledNamespace = KnownKinds.IsNamespaced(group, kind) == true && Namespace(dependency).Length == 0;
        if (!filledNamespace) return dependency;

        var normalized = (JsonObject)dependency.DeepClone();
        if (normalized["metadata"] is not JsonObject metadata) normalized["metadata"] = metadata = [];
        metadata["namespace"] = DefaultNamespace;
        return normalized;
    }

    public static ObjectIdentity Identify(JsonObject dependency)
    {
        var (group, kind) = GroupKind(dependency);
        var space = Namespace(dependency);
        var effective = KnownKinds.IsNamespaced(group, kind) switch
        {
            true when space.Length == 0 => DefaultNamespace,
            false => "",
            _ => space,
        };
        return new ObjectIdentity(group, kind, effective, Text((dependency["metadata"] as JsonObject)?["name"]));
    }

    private static (string Group, string Kind) GroupKind(JsonObject dependency)
    {
        var apiVersion = Text(dependency["apiVersion"]);
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return (slash < 0 ? "" : apiVersion[..slash], Text(dependency["kind"]));
    }

    private static string Namespace(JsonObject dependency) => Text((dependency["metadata"] as JsonObject)?["namespace"]);

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
