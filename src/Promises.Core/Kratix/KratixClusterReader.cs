using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Kratix;

/// <summary>Reads a Destination, or the Cluster of 2022, which is a Destination without a path.</summary>
internal static class KratixClusterReader
{
    private const string EnvironmentAnnotation = "promises.dev/environment";

    private static readonly (string, bool)[] Modes = [("nestedByMetadata", true), ("aggregatedYAML", false), ("none", false)];
    private static readonly (string, bool)[] Cleanups = [("none", false), ("all", true)];
    private static readonly (string, bool)[] StoreKinds = [("GitStateStore", true), ("BucketStateStore", true)];

    public static ClusterDocument Read(FieldReader document, bool currentForm)
    {
        var meta = MetaReader.Read(document, Kinds.Cluster, foreign: true);
        var spec = document.ObjectOrEmpty("spec");
        var store = spec.ObjectOrEmpty("stateStoreRef");
        var name = store.String("name", required: currentForm);
        store.Word("kind", StoreKinds);
        store.Ignore("namespace");
        store.Done();

        var read = new ClusterSpec(
            meta.Annotations.GetValueOrDefault(EnvironmentAnnotation), name, Path(spec, currentForm), Agent.Flux, null, null, false, [], null,
            spec.Flag("strictMatchLabels") ?? false);
        WarnOfModes(spec);
        KratixDocuments.WarnOfSteering(meta, document, "kratix.io/dry-run");
        spec.Done();
        return new(
            meta, read,
            new(JsonPointer.Append("/metadata/annotations", EnvironmentAnnotation), "/spec/stateStoreRef/name", "/spec/path"),
            document.Findings.Warnings);
    }

    private static string? Path(FieldReader spec, bool required)
    {
        if (spec.String("path", required) is not { } text || (!required && text.Length == 0)) return null;
        if (RepositoryPath.TryParseLoose(text, out var path, out var remedy)) return path;
        spec.Error("path", Rules.Path, remedy);
        return null;
    }

    private static void WarnOfModes(FieldReader spec)
    {
        if (spec.Object("filepath") is { } filepath)
        {
            if (filepath.Word("mode", Modes) == false)
                filepath.Findings.Warn(
                    filepath.PointerTo("mode"), WarningCodes.NoEffect, "Files lie as in nestedByMetadata, or as the layout of the state store has them.");
            KratixDocuments.NoEffect(filepath, null, "filename");
            filepath.Done();
        }

        if (spec.Word("cleanup", Cleanups) == true)
            spec.Findings.Warn(
                spec.PointerTo("cleanup"), WarningCodes.NoEffect, "Whether files go is decided when the cluster is deleted, with files=keep or files=remove.");
        if (spec.Object("initWorkloads") is not { } init) return;
        if (init.Flag("enabled") == false)
            init.Findings.Warn(init.PointerTo("enabled"), WarningCodes.NoEffect, "The directory of a cluster is never empty; the first files are always written.");
        init.Done();
    }
}
