using System.Text.Json.Nodes;

namespace Promises.Model.Documents;

internal static class PromiseReader
{
    public static PromiseDocument Read(FieldReader document, DocumentContext context)
    {
        var meta = MetaReader.Read(document, Kinds.Promise);
        var spec = document.ObjectOrEmpty("spec");
        var includes = ReferenceReader.Read(spec, "includes", meta.Name);
        var requires = ReferenceReader.Read(spec, "requires", meta.Name);
        var read = new PromiseSpec(
            Version(spec), PlacementReader.Read(spec), includes.References, requires.References, CapabilityReader.Read(spec),
            new DependencyReader(document.Findings, context).Read(spec, "dependencies"), Kratix(spec));
        spec.NotYet("config", "Configuration does not work yet; leave it out.");
        spec.Done();
        return new(meta, read, document.Findings.Warnings) { IncludePointers = includes.Pointers, RequirePointers = requires.Pointers };
    }

    private static string? Version(FieldReader spec)
    {
        if (spec.String("version") is not { } text) return null;
        if (Versions.TryParse(text, out var version)) return version.ToNormalizedString();
        spec.Error("version", Rules.Version, "Give a semantic version, such as 1.4.0.");
        return null;
    }

    /// <summary>What was kept of a Kratix document comes back with our own form.</summary>
    private static JsonObject? Kratix(FieldReader spec)
    {
        if (spec.Object("kratix") is not { } kept) return null;
        foreach (var (field, _) in kept.Source)
            spec.Findings.Warn(kept.PointerTo(field), WarningCodes.NoEffect, $"{field} is kept with the Promise and has no effect yet.");
        return kept.Source.Count == 0 ? null : (JsonObject)kept.Source.DeepClone();
    }
}
