using System.Text;
using Promises.Selectors;

namespace Promises.Model.Documents;

/// <summary>Reads <c>metadata</c>. What only a server sets is ignored, but for <c>resourceVersion</c>, which is a precondition.</summary>
internal static class MetaReader
{
    /// <summary>As in Kubernetes: keys and values of all annotations together.</summary>
    private const int AnnotationBytes = 256 * 1024;

    private static readonly string[] SetByServers =
    [
        "uid", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "finalizers", "selfLink", "ownerReferences",
    ];

    private static readonly string[] Given = ["name", "labels", "annotations"];

    /// <param name="foreign">The document was made for another system, whose resourceVersion is none of ours.</param>
    public static ObjectMeta Read(FieldReader document, string kind, bool foreign = false)
    {
        var meta = document.ObjectOrEmpty("metadata");
        var name = Name(meta, kind);
        var labels = Labels(meta);
        var annotations = Annotations(meta);
        var version = foreign ? null : meta.String("resourceVersion");
        if (foreign && meta.Has("resourceVersion"))
            meta.Findings.Warn(meta.PointerTo("resourceVersion"), WarningCodes.NoEffect, "It is the resourceVersion of another system, so it is no precondition here.");
        if (NodeText.String(meta.Node("namespace")) is { Length: > 0 })
            meta.Findings.Warn(meta.PointerTo("namespace"), WarningCodes.NoEffect, "Objects of this service have no namespace; the name alone counts.");
        if (meta.Has("generateName")) meta.Error("generateName", Rules.GenerateName, "Give metadata.name instead.");
        meta.Ignore(SetByServers);
        meta.Done(hideValues: kind == Kinds.Credential);
        return new(name, labels, annotations, version);
    }

    /// <summary>Metadata of what gets its name from the service.</summary>
    public static ObjectMeta ReadNameless(FieldReader document)
    {
        if (document.Object("metadata") is { } meta)
        {
            foreach (var field in Given.Where(meta.Has))
                meta.Findings.Warn(meta.PointerTo(field), WarningCodes.NoEffect, "The service gives the name; labels and annotations are not kept.");
            meta.Ignore(SetByServers);
            meta.Ignore("resourceVersion");
            meta.Done();
        }

        return new("", new SortedDictionary<string, string>(StringComparer.Ordinal), new SortedDictionary<string, string>(StringComparer.Ordinal));
    }

    private static string Name(FieldReader meta, string kind)
    {
        if (!meta.Has("name"))
        {
            if (!meta.IsBroken) meta.Findings.Error(meta.PointerTo("name"), null, Rules.Required, "Give metadata.name a value.");
            return "";
        }

        if (meta.String("name") is not { } name) return "";
        if (!LabelRules.IsName(name)) meta.Error("name", Rules.Name, LabelMap.NameRemedy);
        // Their flux child would be one of our own files, such as flux/promises-cluster.yaml, or the root itself.
        else if (kind == Kinds.Promise && name.StartsWith("promises-", StringComparison.Ordinal))
            meta.Error("name", Rules.Name, "The prefix promises- is reserved; choose another name.");
        return name;
    }

    private static SortedDictionary<string, string> Labels(FieldReader meta)
    {
        var labels = LabelMap.Read(meta, "labels");
        foreach (var (key, value) in labels.Where(l => LabelRules.IsReserved(l.Key)))
        {
            meta.Findings.Error(
                JsonPointer.Append(meta.PointerTo("labels"), key), value, Rules.ReservedLabel,
                "Labels of the prefix promises.dev/ are derived and cannot be set; leave it out.");
        }

        return labels;
    }

    private static SortedDictionary<string, string> Annotations(FieldReader meta)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (meta.Object("annotations") is not { } reader) return annotations;
        foreach (var (key, node) in reader.Source)
        {
            if (node is null) reader.Ignore(key);
            else if (!LabelRules.IsKey(key)) reader.Error(key, Rules.LabelKey, LabelMap.KeyRemedy);
            else if (reader.String(key, severalLines: true) is { } value) annotations[key] = value;
        }

        if (annotations.Sum(a => Encoding.UTF8.GetByteCount(a.Key) + Encoding.UTF8.GetByteCount(a.Value)) > AnnotationBytes)
            meta.Findings.Error(meta.PointerTo("annotations"), null, Rules.TooLong, "Keep all annotations together under 256 KiB.");
        return annotations;
    }
}
