using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Promises.Manifests;
using Promises.Selectors;

namespace Promises.Model.Documents;

/// <summary>Reads the Kubernetes objects of a Promise: each must say what it is, be there once, and hold no plain secret. Lists are unrolled.</summary>
internal sealed partial class DependencyReader(Findings findings, DocumentContext context)
{
    /// <summary>More objects than any bundle we know has several times over, and few enough to plan and to write.</summary>
    public const int MaxObjects = 2000;

    private readonly Dictionary<ObjectIdentity, string> _seen = [];
    private readonly List<JsonObject> _objects = [];

    public IReadOnlyList<JsonObject> Read(FieldReader spec, string field)
    {
        foreach (var (node, pointer) in spec.Items(field)) Take(node, pointer);
        if (_objects.Count > MaxObjects) findings.Error(spec.PointerTo(field), null, Rules.Range, $"Use at most {MaxObjects} objects; split the Promise.");
        return _objects;
    }

    private void Take(JsonNode? node, string pointer)
    {
        if (node is JsonObject obj && IsList(obj, out var items))
        {
            for (var i = 0; i < items.Count; i++) Take(Item(obj, items[i]), JsonPointer.Append($"{pointer}/items", i));
        }
        else if (FieldReader.Of(node, pointer, findings) is { } reader && Identified(reader))
        {
            var identity = Dependencies.Identify(reader.Source);
            if (!_seen.TryAdd(identity, pointer))
                findings.Error(pointer, identity.ToString(), Rules.DuplicateObject, $"{identity} is defined at {_seen[identity]} already; keep one of them.");
            if (NodeText.String(reader.Source["metadata"]?["namespace"]) is null or "" && KnownKinds.IsNamespaced(identity.Group, identity.Kind) == true)
                findings.Warn($"{pointer}/metadata/namespace", WarningCodes.NamespaceFilled, $"{identity.Kind} {identity.Name} names no namespace; it is delivered to default.");
            DataCheck.Check(reader, identity, context, findings);
            _objects.Add((JsonObject)reader.Source.DeepClone());
        }
    }

    /// <summary>A v1 List, or a typed one such as ConfigMapList. A kind that only ends in List has no items of its own.</summary>
    private static bool IsList(JsonObject obj, out JsonArray items)
    {
        items = obj["items"] as JsonArray ?? [];
        return obj["items"] is JsonArray && NodeText.String(obj["kind"])?.EndsWith("List", StringComparison.Ordinal) == true;
    }

    /// <summary>Items of a typed list may leave out what the list says for all.</summary>
    private static JsonNode? Item(JsonObject list, JsonNode? item)
    {
        var kind = NodeText.String(list["kind"])!;
        if (kind == "List" || item is not JsonObject obj || (obj["kind"] is not null && obj["apiVersion"] is not null)) return item;
        var filled = (JsonObject)obj.DeepClone();
        filled["apiVersion"] ??= list["apiVersion"]?.DeepClone();
        filled["kind"] ??= kind[..^"List".Length];
        return filled;
    }

    private static bool Identified(FieldReader reader)
    {
        var errors = reader.Findings.Errors.Count;
        Text(reader, "apiVersion", ApiVersion(), "Give the apiVersion of the object, such as v1 or apps/v1.");
        Text(reader, "kind", KindName(), "Give the kind of the object, such as ConfigMap.");
        if (reader.Has("metadata") && reader.Node("metadata") is not JsonObject)
        {
            reader.Error("metadata", Rules.ObjectIdentity, "Give the object metadata with a name.");
            return false;
        }

        var meta = reader.ObjectOrEmpty("metadata");
        if (meta.Has("generateName")) meta.Error("generateName", Rules.GenerateName, "Give the object a fixed name in metadata.name.");
        if (meta.Has("name") || !meta.Has("generateName"))
            Text(meta, "name", ObjectName(), "Give the object a name in metadata.name: up to 253 printable characters without / \\ and %, other than . and ..");
        if (meta.Node("namespace") is { } ns && !(NodeText.String(ns) is { } text && (text.Length == 0 || LabelRules.IsName(text))))
            meta.Error("namespace", Rules.ObjectIdentity, LabelMap.NameRemedy);
        if (NodeText.String(reader.Node("apiVersion"))?.StartsWith("kustomize.config.k8s.io/", StringComparison.Ordinal) == true)
            reader.Error("kind", Rules.ObjectIdentity, "kustomize would read this object as its own configuration and deliver nothing of it; list the objects themselves.");
        return reader.Findings.Errors.Count == errors && meta.Has("name");
    }

    private static void Text(FieldReader reader, string field, Regex form, string remedy)
    {
        var node = reader.Node(field);
        if (node is null || NodeText.String(node) is not { } text || !form.IsMatch(text)) reader.Error(field, Rules.ObjectIdentity, remedy);
    }

    [GeneratedRegex(@"\A([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ApiVersion();

    [GeneratedRegex(@"\A[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex KindName();

    [GeneratedRegex(@"\A(?!\.{1,2}\z)[^/\\%\p{C}\s]{1,253}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectName();
}
