namespace Promises.Scheduling;

/// <summary>A retained placement that is to end. One that is wanted stays.</summary>
public readonly record struct Withdrawal(string Promise, string Cluster);
