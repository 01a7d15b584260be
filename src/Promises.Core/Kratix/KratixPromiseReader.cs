using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Kratix;

/// <summary>Reads a Promise of Kratix: current form, that of 2022 (clusterSelector, workerClusterResources, xaasCrd), or one without a spec.</summary>
internal static class KratixPromiseReader
{
    private const string VersionLabel = "kratix.io/promise-version";

    public static PromiseDocument Read(FieldReader document, DocumentContext context)
    {
        var meta = MetaReader.Read(document, Kinds.Promise, foreign: true);
        var spec = document.ObjectOrEmpty("spec");
        var kept = new JsonObject();
        var selector = KratixSelectors.Read(spec);
        var requires = KratixRequirements.Read(spec, meta.Name, kept);
        var dependencies = new DependencyReader(document.Findings, context);
        dependencies.Read(spec, "dependencies");
        var objects = dependencies.Read(spec, "workerClusterResources");
        KratixDocuments.NoEffect(spec, kept, "api", "workflows", "pipelines", "xaasCrd", "xaasRequestPipeline");
        KratixDocuments.WarnOfSteering(meta, document, "kratix.io/paused");
        spec.Done();

        var version = Version(meta, document);
        var read = new PromiseSpec(
            version, new PlacementRule(selector, false, false, [], OnUnmatch.Retain), [], [.. requires.Select(r => r.Reference)], [], objects, kept.Count == 0 ? null : kept);
        return new(meta, read, document.Findings.Warnings)
        {
            VersionFromLabel = version is not null,
            Tentative = [.. requires.Select(r => r.Origin)],
            RequirePointers = requires.ToDictionary(r => r.Reference.Promise, r => r.Origin.Pointer, StringComparer.Ordinal),
        };
    }

    private static string? Version(ObjectMeta meta, FieldReader document)
    {
        if (!meta.Labels.TryGetValue(VersionLabel, out var text)) return null;
        if (Versions.TryParse(text, out var version)) return version.ToNormalizedString();
        document.Findings.Warn(
            PromiseDocument.KratixPromiseVersion, WarningCodes.VersionDropped, $"'{text}' is no semantic version; the revision carries no version.");
        return null;
    }
}
