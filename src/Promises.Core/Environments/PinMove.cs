namespace Promises.Environments;

/// <summary>A pin that a promotion moves.</summary>
/// <param name="From">The revision that the target had; null if none.</param>
public sealed record PinMove(string Promise, int? From, int To);
