using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>Notes when each change is first seen on a branch, by looking at the branch's ref file again and again.</summary>
internal sealed partial class CommitWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<long, long> _seen = [];
    private readonly CancellationTokenSource _end = new();
    private readonly GitRepo _repository;
    private readonly Task _watching;

    public CommitWatch(GitRepo repository)
    {
        _repository = repository;
        _watching = WatchAsync();
    }

    /// <summary>When a change was first seen, as a timestamp of the system's clock; null if it was not.</summary>
    public long? SeenAt(long change) => _seen.TryGetValue(change, out var at) ? at : null;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        string? last = null;
        while (!_end.IsCancellationRequested)
        {
            // Pushes leave loose refs, and nothing packs them here.
            var file = Path.Combine(_repository.Path, "refs/heads/main");
            var head = File.Exists(file) ? (await File.ReadAllTextAsync(file)).Trim() : "";
            if (head.Length == 40 && head != last)
            {
                var at = TimeProvider.System.GetTimestamp();
                foreach (Match change in Change().Matches(_repository.In("log", "--format=%B", last is null ? head : $"{last}..{head}")))
                    _seen.TryAdd(long.Parse(change.Groups[1].Value, CultureInfo.InvariantCulture), at);
                last = head;
            }

            await Task.Delay(Pause, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [GeneratedRegex(@"^Promises-Change: (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Change();
}
