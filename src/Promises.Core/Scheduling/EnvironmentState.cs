using Promises.Model;

namespace Promises.Scheduling;

/// <summary>A rung of the ladder; lower positions come first.</summary>
public sealed record EnvironmentState(string Name, int Position, Audience Audience);
