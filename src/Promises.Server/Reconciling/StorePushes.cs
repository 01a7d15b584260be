using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Pushes, measured.</summary>
internal sealed class StorePushes(DeliveryTelemetry telemetry, Failpoints failpoints, TimeProvider time)
{
    /// <returns>What became of each branch.</returns>
    public async Task<Dictionary<string, PushResult>> PushAsync(IStateStore store, string name, IReadOnlyList<BranchMove> moves, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var activity = DeliveryTelemetry.Push(name);
        var results = await failpoints.AroundAsync("push", () => store.PublishAsync(moves, cancellationToken));
        foreach (var result in results.Select(Word).Distinct(StringComparer.Ordinal)) telemetry.Pushed(name, result, started);
        return moves.Zip(results).ToDictionary(pair => pair.First.Branch, pair => pair.Second, StringComparer.Ordinal);
    }

    private static string Word(PushResult result) => result.Outcome switch
    {
        PushOutcome.Acknowledged => "ok",
        PushOutcome.AlreadyThere => "noop",
        PushOutcome.Stale => "stale",
        PushOutcome.AuthenticationFailed => "auth",
        PushOutcome.Unknown => "unknown",
        PushOutcome.Unreachable => "timeout",
        _ => "rejected",
    };
}
