using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>What makes two definitions the same object; the version does not count.</summary>
public readonly record struct ObjectIdentity(string Group, string Kind, string Namespace, string Name)
{
    public static ObjectIdentity From(JsonObject dependency)
    {
        var apiVersion = (string)dependency["apiVersion"]!;
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, kind) = (slash < 0 ? "" : apiVersion[..slash], (string)dependency["kind"]!);
        var ns = (string?)dependency["metadata"]!["namespace"] ?? "";
        ns = KnownKinds.IsNamespaced(group, kind) switch { false => "", true when ns.Length == 0 => "default", _ => ns };
        return new(group, kind, ns, (string)dependency["metadata"]!["name"]!);
    }

    public override string ToString() => $"{Group}/{Kind}/{Namespace}/{Name}";
}
