using System.Collections.Concurrent;
using Promises.Server.Hosting;

namespace Promises.Server.Reconciling;

/// <summary>
/// Looks at every branch again and again, so that what others do to it does not wait for a change of ours. Repositories on this machine are read in this process;
/// of the others git asks, each about every 30 s, or as often as a bounded number of processes allows.
/// </summary>
internal sealed partial class LookHost(Looks looks, ServerOptions options, TimeProvider time, Random random, ILogger<LookHost> log) : BackgroundService
{
    /// <summary>However many stores there are, no more than four processes are started in a second.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <summary>At one host at a time: one that hangs keeps each until its time limit.</summary>
    private const int PerHost = 4;

    private readonly ConcurrentDictionary<string, string> _running = new(StringComparer.Ordinal);
    private readonly TimeSpan _interval = options.Delivery.LookInterval;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(LocalAsync(stoppingToken), ElsewhereAsync(stoppingToken));

    private async Task LocalAsync(CancellationToken stoppingToken)
    {
        var refreshed = time.GetUtcNow() - TimeSpan.FromDays(1);
        while (!stoppingToken.IsCancellationRequested)
        {
            await GuardAsync(async () =>
            {
                if (time.GetUtcNow() - refreshed >= _interval * 2)
                {
                    await looks.RefreshAsync(stoppingToken);
                    refreshed = time.GetUtcNow();
                }

                await looks.LocalAsync(stoppingToken);
            });
            await PauseAsync(Jittered(_interval / 3), stoppingToken);
        }
    }

    private async Task ElsewhereAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var round = Jittered(_interval);
            var most = Math.Max(1, (int)(round / Pace));
            var due = new List<LookTarget>();
            await GuardAsync(async () => due.AddRange(await looks.DueAsync(_interval / 2, most, stoppingToken)));

            // Spread over the round, so that neither this machine nor a host gets them all at once.
            var gap = due.Count == 0 ? round : round / due.Count;
            if (due.Count == 0) await PauseAsync(round, stoppingToken);
            foreach (var target in due)
            {
                if (stoppingToken.IsCancellationRequested) return;
                if (_running.Count(look => look.Value == target.Host) < PerHost && _running.TryAdd(target.Store, target.Host)) _ = AskAsync(target, stoppingToken);
                await PauseAsync(gap < Pace ? Pace : gap, stoppingToken);
            }
        }
    }

    private async Task AskAsync(LookTarget target, CancellationToken stoppingToken)
    {
        await GuardAsync(() => looks.AskAsync(target, stoppingToken));
        _running.TryRemove(target.Store, out _);
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // A look that failed, most likely for want of the database, is made again; nothing depends on this one.
        catch (Exception failure)
        {
            LogFailed(failure.GetBaseException().Message);
        }
#pragma warning restore CA1031
    }

    private TimeSpan Jittered(TimeSpan interval) => interval * (0.8 + (0.4 * random.NextDouble()));

    private async Task PauseAsync(TimeSpan duration, CancellationToken stoppingToken) =>
        await Task.Delay(duration, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(LogLevel.Debug, "Looking at branches failed and is done again: {Explanation}")]
    private partial void LogFailed(string explanation);
}
