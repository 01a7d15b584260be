using System.Text.Json.Nodes;
using Promises.Selectors;

namespace Promises.Model.Documents;

internal static class ClusterReader
{
    private static readonly (string, Agent)[] Agents = [("flux", Agent.Flux), ("argocd", Agent.Argocd)];
    private static readonly (string, bool)[] Effects = [("NoPlacement", true)];

    public static ClusterDocument Read(FieldReader document)
    {
        var meta = MetaReader.Read(document, Kinds.Cluster);
        var spec = document.ObjectOrEmpty("spec");
        var store = spec.ObjectOrEmpty("stateStore");
        var read = new ClusterSpec(
            spec.String("environment"), store.String("name"), Path(store), spec.Word("agent", Agents) ?? Agent.Flux, Label(spec, "provider"), Label(spec, "region"),
            spec.Flag("cordoned") ?? false, Taints(spec), NodePools(spec), spec.Flag("strictMatchLabels") ?? false);
        store.Done();
        spec.Done();
        return new(meta, read, ClusterSources.Ours, document.Findings.Warnings);
    }

    private static string? Path(FieldReader store)
    {
        if (store.String("path") is not { } text) return null;
        if (RepositoryPath.TryParse(text, out var path, out var remedy)) return path;
        store.Error("path", Rules.Path, remedy);
        return null;
    }

    /// <summary>Provider and region become derived labels, so they obey the rules of label values.</summary>
    private static string? Label(FieldReader spec, string field)
    {
        if (spec.String(field) is not { Length: > 0 } value) return null;
        if (LabelRules.IsValue(value)) return value;
        spec.Error(field, Rules.LabelValue, LabelMap.ValueRemedy);
        return null;
    }

    private static List<Taint> Taints(FieldReader spec)
    {
        var taints = new List<Taint>();
        foreach (var reader in spec.Objects("taints"))
        {
            var (key, value) = (reader.String("key", required: true), reader.String("value") ?? "");
            reader.Word("effect", Effects);
            reader.Done();
            if (key is not null && !LabelRules.IsKey(key)) reader.Error("key", Rules.LabelKey, LabelMap.KeyRemedy);
            if (!LabelRules.IsValue(value)) reader.Error("value", Rules.LabelValue, LabelMap.ValueRemedy);
            if (key is null) continue;
            if (taints.Any(t => t.Key == key)) reader.Error("key", Rules.DuplicateKey, $"Taint {key} stands here twice; keep one.");
            else taints.Add(new(key, value));
        }

        return taints;
    }

    private static JsonArray? NodePools(FieldReader spec)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pool in spec.Objects("nodePools"))
        {
            if (pool.String("name", required: true) is not { } name) continue;
            if (!LabelRules.IsName(name)) pool.Error("name", Rules.Name, LabelMap.NameRemedy);
            if (!names.Add(name)) pool.Error("name", Rules.DuplicateKey, $"Node pool {name} stands here twice; keep one.");
        }

        if (spec.Node("nodePools") is not JsonArray { Count: > 0 } pools) return null;
        spec.Findings.Warn(spec.PointerTo("nodePools"), WarningCodes.NoEffect, "Node pools are kept; nothing looks at them yet.");
        return (JsonArray)pools.DeepClone();
    }
}
