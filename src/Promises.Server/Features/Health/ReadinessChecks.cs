namespace Promises.Server.Features.Health;

/// <summary>Asks all parts at once, and none for long: a probe that hangs is worse than one that says no.</summary>
internal sealed partial class ReadinessChecks(IEnumerable<IReadinessCheck> checks, TimeProvider time, ILogger<ReadinessChecks> log)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>For each part <c>ok</c> or why not.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RunAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(checks.Select(async check => (check.Name, Answer: await AskAsync(check, cancellationToken))));
        return answers.ToDictionary(answer => answer.Name, answer => answer.Answer, StringComparer.Ordinal);
    }

    private async Task<string> AskAsync(IReadinessCheck check, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // Some drivers look at the token only between two waits, so it alone is not enough.
            var asked = check.CheckAsync(patience.Token);
            var reason = await asked.WaitAsync(Patience, time, cancellationToken);
            return reason ?? "ok";
        }
        catch (TimeoutException)
        {
            await patience.CancelAsync();
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
