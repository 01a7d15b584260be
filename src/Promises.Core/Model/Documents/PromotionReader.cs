using System.Text.Json.Nodes;

namespace Promises.Model.Documents;

internal static class PromotionReader
{
    private const int Note = 1024;

    public static PromotionDocument Read(FieldReader document)
    {
        var meta = MetaReader.ReadNameless(document);
        var spec = document.ObjectOrEmpty("spec");
        var (from, to) = (spec.String("from", required: true) ?? "", spec.String("to", required: true) ?? "");
        var all = spec.Flag("all") ?? false;
        var names = spec.Strings("promises");
        foreach (var twice in names.GroupBy(n => n.Text, StringComparer.Ordinal).SelectMany(g => g.Skip(1)))
            spec.Findings.Error(twice.Pointer, twice.Text, Rules.DuplicateKey, $"{twice.Text} stands here twice; keep one.");
        if (all && names.Count > 0) spec.Findings.Error(spec.PointerTo("promises"), null, Rules.Required, "Give either promises or all: true, not both.");
        if (!all && spec.Node("promises") is null or JsonArray { Count: 0 })
            spec.Findings.Error(spec.PointerTo("promises"), null, Rules.Required, "Name at least one Promise, or say all: true.");
        var read = new PromotionSpec(from, to, [.. names.Select(n => n.Text)], all, spec.String("note", severalLines: true, atMost: Note));
        spec.Done();
        return new(meta, read, document.Findings.Warnings);
    }
}
