namespace Promises.Server.Reconciling;

/// <summary>The right to write a store. Its epoch fences: what a writer does whose epoch is not the last one is not recorded.</summary>
internal sealed record StoreLease(string Store, long Epoch);

/// <summary>Another replica may have the store by now. Nothing was recorded; whoever has it finds what is left to do in the rows.</summary>
internal sealed class LeaseLostException(StoreLease lease)
    : Exception($"The lease of store {lease.Store} with epoch {lease.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture)} is lost.");
