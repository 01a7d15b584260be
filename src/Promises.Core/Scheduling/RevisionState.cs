using NuGet.Versioning;
using Promises.Manifests;
using Promises.Model;
using VersionRange = Promises.Model.VersionRange;

namespace Promises.Scheduling;

/// <summary>What deciding needs of one revision: its rules and the identities of its objects, never their content.</summary>
/// <param name="Digest">Digest of the revision's content.</param>
public sealed record RevisionState(
    string Promise,
    int Number,
    string Digest,
    SemanticVersion? Version,
    PlacementRule Placement,
    IReadOnlyList<PromiseReference> Includes,
    IReadOnlyList<PromiseReference> Requires,
    IReadOnlyList<Capability> Provides,
    IReadOnlyList<ManifestObject> Objects)
{
    /// <summary>What deciding needs of a revision's content.</summary>
    public static RevisionState From(string promise, int number, string digest, PromiseSpec spec) => new(
        promise, number, digest, spec.Version is not null && Versions.TryParse(spec.Version, out var version) ? version : null,
        spec.Placement, spec.Includes, spec.Requires, spec.Provides, [.. spec.Dependencies.Select(ManifestObject.From)]);

    /// <summary>A Promise without a version satisfies only an entry without a range.</summary>
    public bool Satisfies(VersionRange? range) => range is null || (Version is not null && range.Includes(Version));

    // Revisions are immutable and there is one instance of each in a snapshot: comparing their parts would only be slow.
    public bool Equals(RevisionState? other) => ReferenceEquals(this, other) || (other is not null && Promise == other.Promise && Number == other.Number && Digest == other.Digest);

    public override int GetHashCode() => HashCode.Combine(Promise, Number);
}
