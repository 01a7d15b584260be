namespace Promises.Server.Tests.Reconciling;

/// <summary>A server that dies over its push.</summary>
internal static class CrashingPush
{
    /// <param name="pushed">Whether the remote got it.</param>
    public static async Task CrashAsync(this DeliveryFleet fleet, bool pushed)
    {
        using var crash = new CancellationTokenSource();
        if (pushed) fleet.Server!.AfterPush = crash.Cancel;
        else
        {
            fleet.Server!.BeforePush = () =>
            {
                crash.Cancel();
                throw new IOException("The request never came in.");
            };
        }

        await Should.ThrowAsync<OperationCanceledException>(() => fleet.Reconciler.SyncAsync("fleet", fleet.Lease, [], crash.Token));
        (fleet.Server.AfterPush, fleet.Server.BeforePush) = (null, null);
    }
}
