using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>A revision that is current somewhere, prepared for matching.</summary>
/// <param name="Depth">Length of the longest chain of <c>requires</c> below it among the pins: what it requires is decided before it.</param>
internal sealed record PinnedRevision(RevisionState Revision, int Depth)
{
    public string Promise => Revision.Promise;

    public Requirement[]? Requirements { get; } = Revision.Placement.Selector is { } selector ? [.. LabelSelectors.Requirements(selector)] : null;

    /// <summary>The same for every cluster, so that a hundred thousand placements share it.</summary>
    public string MatchedMessage { get; } = Revision.Placement.AllClusters
        ? $"{Revision.Promise} is for all clusters."
        : $"The cluster matches {(Revision.Placement.Selector is { } rule ? LabelSelectors.Text(rule) : "")}.";

    public bool Matches(EffectiveLabels labels)
    {
        if (Requirements is null) return false;
        foreach (var requirement in Requirements)
        {
            if (!LabelSelectors.Matches(requirement, labels)) return false;
        }

        return true;
    }

    /// <summary>Newcomers are decided in this order: what is required first, then by name.</summary>
    public static int CompareOrder(PinnedRevision a, PinnedRevision b) =>
        a.Depth != b.Depth ? a.Depth.CompareTo(b.Depth) : string.CompareOrdinal(a.Promise, b.Promise);
}
