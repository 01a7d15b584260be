namespace Promises.Scheduling;

/// <summary>What a plan would change; nothing else is touched.</summary>
/// <param name="Changes">Real differences only, sorted by Promise, then cluster.</param>
public sealed record SchedulingResult(IReadOnlyList<PlacementChange> Changes)
{
    public static SchedulingResult Nothing { get; } = new([]);
}
