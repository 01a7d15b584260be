namespace Promises.Model.Documents;

internal static class PlacementReader
{
    private const string Choices = "Give exactly one of clusterSelector, allClusters: true and onlyIncluded: true.";

    private static readonly (string, OnUnmatch)[] Policies = [("Retain", OnUnmatch.Retain), ("Withdraw", OnUnmatch.Withdraw)];

    /// <summary>The rule that stands for one that is missing or wrong, so that reading goes on.</summary>
    private static readonly PlacementRule None = new(null, false, true, [], OnUnmatch.Retain);

    public static PlacementRule Read(FieldReader spec)
    {
        var placement = spec.ObjectOrEmpty("placement");
        if (placement.IsBroken) return None;

        var errors = spec.Findings.Errors.Count;
        var selector = SelectorReader.Read(placement, "clusterSelector");
        var (all, only) = (placement.Flag("allClusters") ?? false, placement.Flag("onlyIncluded") ?? false);
        var tolerations = TolerationReader.Read(placement);
        var onUnmatch = placement.Word("onUnmatch", Policies) ?? OnUnmatch.Retain;
        placement.Done();

        var hasSelector = placement.Has("clusterSelector");
        var chosen = (hasSelector ? 1 : 0) + (all ? 1 : 0) + (only ? 1 : 0);
        if (chosen > 1) spec.Error("placement", Rules.PlacementAmbiguous, Choices);
        // A mistyped clusterSelector has been reported; that nothing is chosen follows from it.
        else if (chosen == 0 && spec.Findings.Errors.Count == errors) spec.Error("placement", Rules.PlacementMissing, Choices);
        else if (hasSelector && selector is { MatchLabels.Count: 0, MatchExpressions.Count: 0 } && spec.Findings.Errors.Count == errors)
            placement.Error("clusterSelector", Rules.EmptySelector, "An empty selector would match every cluster; if that is meant, say allClusters: true instead.");
        return new(selector, all, only, tolerations, onUnmatch);
    }
}
