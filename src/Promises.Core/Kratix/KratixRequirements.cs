using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Kratix;

/// <summary>Reads <c>requiredPromises</c>: a version means exactly that version, none means any.</summary>
internal static class KratixRequirements
{
    public static IReadOnlyList<(PromiseReference Reference, TentativeRequirement Origin)> Read(FieldReader spec, string self, JsonObject kept)
    {
        var requirements = new SortedDictionary<string, (PromiseReference, TentativeRequirement)>(StringComparer.Ordinal);
        foreach (var reader in spec.Objects("requiredPromises"))
        {
            var (name, version) = (reader.String("name", required: true), reader.String("version"));
            reader.Done();
            if (name is null) continue;

            VersionRange? range = null;
            if (!string.IsNullOrEmpty(version))
            {
                if (Versions.TryParse(version, out var parsed)) range = VersionRange.Exactly(parsed);
                else KeepOddVersion(reader, version, kept);
            }

            if (name == self) reader.Error("name", Rules.Cycle, "A Promise cannot require itself; leave it out.");
            else if (!requirements.TryAdd(name, (new(name, range), new(name, reader.PointerTo("name"), (JsonObject)reader.Source.DeepClone()))))
                reader.Error("name", Rules.DuplicateKey, $"{name} stands here twice; keep one.");
        }

        return [.. requirements.Values];
    }

    private static void KeepOddVersion(FieldReader reader, string version, JsonObject kept)
    {
        reader.Findings.Warn(
            reader.PointerTo("version"), WarningCodes.VersionDropped,
            $"'{version}' is no semantic version; any version of the Promise will do. The entry is kept.");
        var list = kept["requiredPromises"] as JsonArray ?? [];
        kept["requiredPromises"] = list;
        list.Add(reader.Source.DeepClone());
    }
}
