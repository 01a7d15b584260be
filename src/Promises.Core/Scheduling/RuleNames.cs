namespace Promises.Scheduling;

/// <summary>The rules of deciding in the order they are asked, by the names the API shows.</summary>
public static class RuleNames
{
    public const string Pinned = "pinned";
    public const string Selected = "selected";
    public const string Cordon = "cordon";
    public const string Taints = "taints";
    public const string Requires = "requires";
    public const string Capability = "capability";
    public const string Collision = "collision";

    public static IReadOnlyList<string> All { get; } = [Pinned, Selected, Cordon, Taints, Requires, Capability, Collision];
}
