namespace Promises.Server.Features.Health;

/// <summary>Asks all parts at once, and none for long: a probe that hangs is worse than one that says no.</summary>
internal sealed partial class ReadinessChecks(IEnumerable<IReadinessCheck> checks, TimeProvider time, ILogger<ReadinessChecks> log)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>For each part <c>ok</c> or why not.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RunAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(checks.Select(async check => (check.Name, Answer: await AskAsync(check, cancellationToken))));
        return answers.ToDictionary(answer => answer.Name, answer => answer.Answer, StringComparer.Ordinal);
    }

    private async Task<string> AskAsync(IReadinessCheck check, CancellationToken cancellationToken)
    {
        var patience = new CancellationTokenSource();
        // Elsewhere, because some drivers wait in the calling thread, and look at the token only between two waits.
        var asked = Task.Run(() => check.CheckAsync(patience.Token), CancellationToken.None);
        _ = asked.ContinueWith(_ => patience.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            var reason = await asked.WaitAsync(Patience, time, cancellationToken);
            return reason ?? "ok";
        }
        catch (TimeoutException)
        {
            // Not awaited: a driver may take seconds to cancel, trying to tell a database that does not answer.
            _ = patience.CancelAsync();
            return "no answer in time";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(check.Name, e.GetBaseException().Message);
            return "failed";
        }
    }

    [LoggerMessage(LogLevel.Warning, "The readiness check {Check} failed: {Reason}")]
    private partial void LogFailed(string check, string reason);
}
