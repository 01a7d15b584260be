namespace Promises.Model.Documents;

/// <summary>Reads <c>includes</c> and <c>requires</c>: other Promises, with the versions of them that will do.</summary>
internal static class ReferenceReader
{
    /// <summary>The references by name, and where each stands. Whether a Promise exists is for the fleet to tell.</summary>
    public static (IReadOnlyList<PromiseReference> References, IReadOnlyDictionary<string, string> Pointers) Read(FieldReader spec, string field, string self)
    {
        var references = new List<PromiseReference>();
        var pointers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var reader in spec.Objects(field))
        {
            var (name, range) = (reader.String("promise", required: true), Range(reader));
            reader.Done();
            if (name is null) continue;
            if (name == self) reader.Error("promise", Rules.Cycle, "A Promise cannot name itself; leave it out.");
            else if (!pointers.TryAdd(name, reader.PointerTo("promise"))) reader.Error("promise", Rules.DuplicateKey, $"{name} stands here twice; keep one.");
            else references.Add(new(name, range));
        }

        return ([.. references.OrderBy(r => r.Promise, StringComparer.Ordinal)], pointers);
    }

    private static VersionRange? Range(FieldReader reader)
    {
        if (reader.String("version") is not { } text) return null;
        var remedy = $"Use at most {Limits.Version} characters of comparators, such as >=1.14.0 <2.0.0.";
        if (text.Length <= Limits.Version && VersionRange.TryParse(text, out var range, out remedy)) return range;
        reader.Error("version", Rules.VersionRange, remedy);
        return null;
    }
}
