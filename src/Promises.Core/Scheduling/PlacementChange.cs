namespace Promises.Scheduling;

public enum ChangeKind { Add, Update, Remove, Retain, Block }

/// <summary>One difference between what is decided and what was.</summary>
/// <param name="Before">Null where there was no decision.</param>
/// <param name="After">Null where the placement ends.</param>
/// <param name="Rule">The rule that decided; one of <see cref="RuleNames"/> where it was a rule of deciding.</param>
public sealed record PlacementChange(PlacementState? Before, PlacementState? After, ChangeKind Kind, string Rule, string Message)
{
    /// <summary>A placement that ends.</summary>
    internal static PlacementChange Removal(PlacementState placement, string rule, string message) => new(placement, null, ChangeKind.Remove, rule, message);

    public string Promise => (After ?? Before)!.Promise;

    public string Cluster => (After ?? Before)!.Cluster;

    /// <summary>A blocked newcomer that is not wanted any more: nothing was on the cluster, so nothing is withdrawn.</summary>
    public bool IsDrop => After is null && Before is { Delivers: false };

    /// <summary>A placement that is withdrawn.</summary>
    public bool IsRemoval => After is null && Before is { Delivers: true };
}
