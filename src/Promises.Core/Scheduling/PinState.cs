namespace Promises.Scheduling;

/// <summary>The revision of a Promise that is current in an environment.</summary>
public sealed record PinState(string Environment, string Promise, int Revision);
