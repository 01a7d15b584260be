using Promises.Selectors;

namespace Promises.Model.Documents;

internal static class CapabilityReader
{
    public static IReadOnlyList<Capability> Read(FieldReader spec)
    {
        var capabilities = new SortedDictionary<string, Capability>(StringComparer.Ordinal);
        foreach (var reader in spec.Objects("provides"))
        {
            var (name, exclusive) = (reader.String("capability", required: true), reader.Flag("exclusive") ?? false);
            reader.Done();
            if (name is null) continue;
            if (!LabelRules.IsName(name)) reader.Error("capability", Rules.Name, LabelMap.NameRemedy);
            else if (!capabilities.TryAdd(name, new(name, exclusive))) reader.Error("capability", Rules.DuplicateKey, $"{name} stands here twice; keep one.");
        }

        return [.. capabilities.Values];
    }
}
