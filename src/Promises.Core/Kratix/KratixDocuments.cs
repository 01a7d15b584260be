using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Kratix;

/// <summary>Reads documents of Kratix, of the current form and that of 2022, into ours.</summary>
internal static class KratixDocuments
{
    public const string Group = "platform.kratix.io";
    public const string ApiVersion = "platform.kratix.io/v1alpha1";

    /// <summary>What a kind of theirs is in our words; null for what we do not take.</summary>
    public static string? KindOf(string kind) => kind switch
    {
        "Promise" => Kinds.Promise,
        "Destination" or "Cluster" => Kinds.Cluster,
        "GitStateStore" => Kinds.StateStore,
        _ => null,
    };

    public static FleetDocument Read(FieldReader document, string kind, DocumentContext context) => kind switch
    {
        "Promise" => KratixPromiseReader.Read(document, context),
        "Destination" => KratixClusterReader.Read(document, currentForm: true),
        "Cluster" => KratixClusterReader.Read(document, currentForm: false),
        "GitStateStore" => KratixStateStoreReader.Read(document, context),
        _ => Skip(document, kind, "Buckets are not supported; the document was passed over."),
    };

    /// <summary>A document that is passed over. Its name need not obey our rules.</summary>
    public static SkippedDocument Skip(FieldReader document, string? kind, string message) => new(
        kind ?? "",
        new ObjectMeta(FleetDocuments.Describe(document.Source).Name ?? "", new SortedDictionary<string, string>(), new SortedDictionary<string, string>()),
        [new("/kind", WarningCodes.Skipped, message)]);

    /// <summary>Warns of each field that is there and has no effect. With <paramref name="kept"/>, keeps it as it is.</summary>
    public static void NoEffect(FieldReader reader, JsonObject? kept, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (reader.Node(field) is not { } node) continue;
            reader.Findings.Warn(reader.PointerTo(field), WarningCodes.NoEffect, $"{field} has no effect yet{(kept is null ? "" : "; it is kept with the Promise")}.");
            if (kept is not null) kept[field] = node.DeepClone();
        }
    }

    /// <summary>Warns of labels by which Kratix itself is steered.</summary>
    public static void WarnOfSteering(ObjectMeta meta, FieldReader document, params ReadOnlySpan<string> labels)
    {
        foreach (var label in labels)
        {
            if (meta.Labels.ContainsKey(label))
                document.Findings.Warn(JsonPointer.Append("/metadata/labels", label), WarningCodes.NoEffect, $"Label {label} is an ordinary label here; it steers nothing.");
        }
    }
}
