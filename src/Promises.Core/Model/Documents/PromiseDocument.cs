using System.Text.Json.Nodes;

namespace Promises.Model.Documents;

/// <summary>A Promise as a client wrote it, in our form or in Kratix's.</summary>
public sealed record PromiseDocument(ObjectMeta Meta, PromiseSpec Spec, IReadOnlyList<Warning> Warnings) : FleetDocument(Meta, Warnings)
{
    public override string Kind => Kinds.Promise;

    /// <summary>Name of an included Promise to the pointer of it.</summary>
    public IReadOnlyDictionary<string, string> IncludePointers { get; init; } = new Dictionary<string, string>();

    /// <summary>Name of a required Promise to the pointer of it.</summary>
    public IReadOnlyDictionary<string, string> RequirePointers { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Requirements of a Kratix document. They stand among <see cref="PromiseSpec.Requires"/>; those that name no Promise of the fleet are to be
    /// taken out with <see cref="WithoutRequirements"/>, for Kratix warns of them only.
    /// </summary>
    public IReadOnlyList<TentativeRequirement> Tentative { get; init; } = [];

    /// <summary>Whether the version came from a label; where it names other content, <see cref="WithoutVersion"/> is what Kratix users expect.</summary>
    public bool VersionFromLabel { get; init; }

    /// <summary>The digest of the content: equal content, equal digest.</summary>
    public string Digest() => PromiseContent.Digest(Spec);

    /// <summary>Keeps tentative requirements with the Promise instead of enforcing them, and warns of each.</summary>
    public PromiseDocument WithoutRequirements(IReadOnlySet<string> unknown)
    {
        var dropped = Tentative.Where(t => unknown.Contains(t.Promise)).ToList();
        if (dropped.Count == 0) return this;

        var kept = (JsonObject?)Spec.Kratix?.DeepClone() ?? [];
        var list = kept["requiredPromises"] as JsonArray ?? [];
        kept["requiredPromises"] = list;
        // A requirement with a version that is not semantic has been kept already.
        foreach (var entry in dropped.Where(d => !list.Any(k => JsonNode.DeepEquals(k, d.Entry)))) list.Add(entry.Entry.DeepClone());
        return this with
        {
            Spec = Spec with { Requires = [.. Spec.Requires.Where(r => !dropped.Any(d => d.Promise == r.Promise))], Kratix = kept },
            Tentative = [.. Tentative.Except(dropped)],
            Warnings = [.. Warnings, .. dropped.Select(d => new Warning(
                d.Pointer, WarningCodes.UnknownPromise, $"There is no Promise {d.Promise}; the requirement is kept and has no effect until the Promise is published again."))],
        };
    }

    /// <summary>Leaves out a version that names other content already, and warns.</summary>
    public PromiseDocument WithoutVersion() => this with
    {
        Spec = Spec with { Version = null },
        VersionFromLabel = false,
        Warnings = [.. Warnings, new(KratixPromiseVersion, WarningCodes.VersionDropped,
            $"Version {Spec.Version} names other content already; the new revision carries no version.")],
    };

    /// <summary>Pointer of the label that carries the version of a Kratix Promise.</summary>
    internal const string KratixPromiseVersion = "/metadata/labels/kratix.io~1promise-version";
}

/// <param name="Pointer">Of the name in the document as it was sent.</param>
/// <param name="Entry">The entry as it was sent.</param>
public sealed record TentativeRequirement(string Promise, string Pointer, JsonObject Entry);
