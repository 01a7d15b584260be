using System.Collections.Concurrent;

namespace Promises.StateStores;

/// <summary>
/// Keeps the repositories in the data directory small, in time that nobody needs: whoever wants to work in one gets in at once, and what was begun
/// there is broken off.
/// </summary>
public sealed class Upkeep
{
    /// <summary>A repository that was used a moment ago is likely to be used again.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    /// <summary>One that never rests is packed all the same, and after so many tries that were broken off its users wait for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private const int MostInterruptions = 5;

    private readonly ConcurrentDictionary<string, Use> _used = new(StringComparer.Ordinal);
    private readonly GitProcess _git;
    private readonly StoreLocks _locks;
    private readonly TimeProvider _time;

    internal Upkeep(GitProcess git, StoreLocks locks, TimeProvider time)
    {
        (_git, _locks, _time) = (git, locks, time);
        locks.Left = Note;
        Mirrors = new Mirrors(git.Options.MirrorsDirectory, locks, time);
    }

    public Mirrors Mirrors { get; }

    /// <summary>Something was used since the last upkeep.</summary>
    public bool IsDue => !_used.IsEmpty;

    /// <summary>Packs what has piled up in repositories at rest. Those that are not come with a later call.</summary>
    /// <returns>What could not be packed, and why.</returns>
    public async Task<IReadOnlyList<string>> PackAsync(CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        foreach (var (directory, use) in _used)
        {
            Mirrors.Used(directory, use.Last);
            var now = _time.GetUtcNow();
            if (now - use.Last < Quiet && now - use.First < Patience) continue;
            try
            {
                if (await PackAsync(directory, use.Interruptions >= MostInterruptions, cancellationToken)) _used.TryRemove(KeyValuePair.Create(directory, use));
                else _used.AddOrUpdate(directory, use, (_, newer) => newer with { Interruptions = use.Interruptions + 1 });
            }
            catch (StateStoreException failure)
            {
                // Git says the same with the next use if it matters to somebody.
                _used.TryRemove(KeyValuePair.Create(directory, use));
                failures.Add(failure.Message);
            }
        }

        return failures;
    }

    private async Task<bool> PackAsync(string directory, bool insist, CancellationToken cancellationToken)
    {
        var repository = new Repository(directory, _git);
        if (insist)
        {
            using var held = await _locks.EnterAsync(directory, cancellationToken);
            if (repository.Exists) await repository.MaintainAsync(cancellationToken);
            return true;
        }

        using var idle = _locks.TryEnterIdle(directory);
        if (idle is null) return false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Wanted);
        try
        {
            if (repository.Exists) await repository.MaintainAsync(stop.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Note(string directory)
    {
        var now = _time.GetUtcNow();
        _used.AddOrUpdate(directory, new Use(now, now, 0), (_, use) => use with { Last = now });
    }

    private sealed record Use(DateTimeOffset First, DateTimeOffset Last, int Interruptions);
}
