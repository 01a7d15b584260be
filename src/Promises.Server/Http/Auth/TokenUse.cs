using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Promises.Data;

namespace Promises.Server.Http.Auth;

/// <summary>Notes when tokens were last used: at most once a minute for each, and never while a request waits.</summary>
internal sealed partial class TokenUse(IServiceScopeFactory scopes, TimeProvider time, ILogger<TokenUse> log) : BackgroundService
{
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);

    private readonly Channel<string> _used = Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Note(string name)
    {
        var now = time.GetUtcNow();
        if (_noted.TryGetValue(name, out var before) && now - before < Grain) return;

        _noted[name] = now;
        _used.Writer.TryWrite(name);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var name in _used.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await WriteAsync(name, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // It is a convenience: the next use of the token tries again.
                LogFailed(name, e.GetBaseException().Message);
            }
        }
    }

    private async Task WriteAsync(string name, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var at = _noted[name];
        await scope.ServiceProvider.GetRequiredService<PromisesDb>().AccessTokens
            .Where(token => token.Name == name)
            .ExecuteUpdateAsync(set => set.SetProperty(token => token.LastUsedAt, at), cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The last use of token {Token} was not noted: {Reason}")]
    private partial void LogFailed(string token, string reason);
}
