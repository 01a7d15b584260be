using System.Text.Json;
using System.Text.Json.Nodes;
using Promises.Manifests;

namespace Promises.Model.Documents;

/// <summary>
/// Looks at what ConfigMaps and Secrets hold. Git keeps what was once written, so a plain Secret is refused unless it is encrypted by SOPS or the
/// request allows it by name. Values of Secrets never get into an error.
/// </summary>
internal static class DataCheck
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public static void Check(FieldReader reader, ObjectIdentity identity, DocumentContext context, Findings findings)
    {
        var isSecret = identity is { Group: "", Kind: "Secret" };
        if (isSecret || identity is { Group: "", Kind: "ConfigMap" })
        {
            foreach (var field in new[] { "data", "binaryData", "stringData" }) CheckStrings(reader, field, isSecret);
        }

        if (isSecret) CheckSecret(reader, identity, context, findings);
        else WarnOfNested(reader.Source, reader.Pointer, findings);
    }

    /// <summary>The API server takes strings only.</summary>
    private static void CheckStrings(FieldReader reader, string field, bool isSecret)
    {
        if (reader.Object(field, secret: isSecret) is not { } data) return;
        foreach (var (key, node) in data.Source.Where(m => m.Value is not null && !NodeText.IsString(m.Value)))
            data.Error(key, Rules.WrongType, FieldReader.WrongType("a string", node));
    }

    private static void CheckSecret(FieldReader reader, ObjectIdentity identity, DocumentContext context, Findings findings)
    {
        if (context.AllowedSecrets.Contains(NameOf(identity))) return;

        foreach (var field in new[] { "data", "stringData" })
        {
            if (HoldsPlain(reader.Source[field], IsSealed(reader.Source))) Refuse(reader.PointerTo(field), identity, findings);
        }

        if (NodeText.String(reader.Source["metadata"]?["annotations"]?[LastApplied]) is { } copy && CopyHoldsPlain(copy))
            Refuse(JsonPointer.Append($"{reader.Pointer}/metadata/annotations", LastApplied), identity, findings);
    }

    private static void Refuse(string pointer, ObjectIdentity identity, Findings findings) => findings.Error(
        pointer, null, Rules.SecretData,
        $"Encrypt the Secret with SOPS, have it made on the cluster, or allow it for this request with ?allowSecret={NameOf(identity)}.");

    /// <summary>As requests name it: no namespace counts as <c>default</c>.</summary>
    private static string NameOf(ObjectIdentity identity) => $"{(identity.Namespace.Length == 0 ? "default" : identity.Namespace)}/{identity.Name}";

    private static bool IsSealed(JsonObject secret) => secret["sops"] is JsonObject { Count: > 0 };

    private static bool HoldsPlain(JsonObject secret) => HoldsPlain(secret["data"], IsSealed(secret)) || HoldsPlain(secret["stringData"], IsSealed(secret));

    private static bool HoldsPlain(JsonNode? data, bool sealedBySops) => data switch
    {
        JsonObject members => members.Any(m => m.Value is not null && !(NodeText.String(m.Value) is { } value
            && (value.Length == 0 || (sealedBySops && value.StartsWith("ENC[", StringComparison.Ordinal))))),
        _ => data is not null,
    };

    private static bool CopyHoldsPlain(string copy)
    {
        try
        {
            return JsonNode.Parse(copy) is JsonObject applied && HoldsPlain(applied);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // kubectl writes JSON here; anything else may hold anything.
            return copy.Length > 0;
        }
    }

    /// <summary>Secrets inside other objects, such as a Promise of Kratix that is itself a dependency, are somebody else's manifests: said, not refused.</summary>
    private static void WarnOfNested(JsonNode node, string pointer, Findings findings)
    {
        if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (array[i] is JsonObject or JsonArray) WarnOfNested(array[i]!, JsonPointer.Append(pointer, i), findings);
            }
        }
        else if (node is JsonObject obj)
        {
            if (NodeText.String(obj["apiVersion"]) == "v1" && NodeText.String(obj["kind"]) == "Secret"
                && HoldsPlain(obj))
                findings.Warn(pointer, WarningCodes.NestedSecret, "A Secret with plain data is buried in this object; its values will stand in Git.");
            foreach (var (key, child) in obj)
            {
                if (child is JsonObject or JsonArray) WarnOfNested(child, JsonPointer.Append(pointer, key), findings);
            }
        }
    }
}
