using System.Collections.Concurrent;

namespace Promises.StateStores;

/// <summary>The mirrors in the data directory as files on a disk: each can go, because it can be fetched again.</summary>
public sealed class Mirrors
{
    private const string Trash = ".removed-";
    private const int Block = 4096;

    /// <summary>One that was used this recently is not evicted: it would be fetched again at once.</summary>
    private static readonly TimeSpan InUse = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _sizes = new(StringComparer.Ordinal);
    private readonly string _directory;
    private readonly StoreLocks _locks;
    private readonly TimeProvider _time;

    internal Mirrors(string directory, StoreLocks locks, TimeProvider time) => (_directory, _locks, _time) = (directory, locks, time);

    /// <summary>Removes the mirrors of nobody: of stores that were deleted or point elsewhere by now.</summary>
    /// <param name="read">Asked after the mirrors were listed, so that one made meanwhile is not taken for nobody's. Names of directories.</param>
    /// <returns>The names of those that went.</returns>
    public async Task<IReadOnlyList<string>> SweepAsync(Func<Task<IReadOnlySet<string>>> read)
    {
        if (!Directory.Exists(_directory)) return [];
        foreach (var trash in Directory.EnumerateDirectories(_directory, Trash + "*").ToList()) Directory.Delete(trash, recursive: true);

        var mirrors = All();
        var known = mirrors.Count == 0 ? null : await read();
        return [.. mirrors.Select(Path.GetFileName).Where(name => !known!.Contains(name!)).Where(name => TryRemove(Path.Combine(_directory, name!))).Select(name => name!)];
    }

    /// <summary>Evicts the mirrors that were not used for the longest time until the rest fits.</summary>
    /// <returns>The names of those that went.</returns>
    public IReadOnlyList<string> Trim(long limit)
    {
        var mirrors = All().Select(mirror => (Mirror: mirror, Size: _sizes.GetOrAdd(mirror, Measure), Used: UsedAt(mirror))).OrderBy(mirror => mirror.Used).ToList();
        var total = mirrors.Sum(mirror => mirror.Size);
        var evicted = new List<string>();
        foreach (var (mirror, size, used) in mirrors)
        {
            if (total <= limit) break;
            if (_time.GetUtcNow() - used < InUse || !TryRemove(mirror)) continue;
            total -= size;
            evicted.Add(Path.GetFileName(mirror));
        }

        return evicted;
    }

    /// <summary>The time is kept where a restart finds it: git never touches this file of a mirror again.</summary>
    internal void Used(string mirror, DateTimeOffset at)
    {
        if (Path.GetDirectoryName(mirror) != _directory) return;
        _sizes.TryRemove(mirror, out _);
        try
        {
            File.SetLastWriteTimeUtc(Path.Combine(mirror, "HEAD"), at.UtcDateTime);
        }
        catch (IOException)
        {
            // It was removed meanwhile, or never made.
        }
    }

    private static DateTimeOffset UsedAt(string mirror) => File.GetLastWriteTimeUtc(Path.Combine(mirror, "HEAD"));

    private List<string> All() => Directory.Exists(_directory) ? [.. Directory.EnumerateDirectories(_directory, "*.git")] : [];

    /// <summary>Out of the way at once; its files go when nobody can be waiting for it any more.</summary>
    private bool TryRemove(string mirror)
    {
        var trash = Path.Combine(_directory, $"{Trash}{Guid.NewGuid():N}");
        using (var idle = _locks.TryEnterIdle(mirror))
        {
            if (idle is null || !Directory.Exists(mirror)) return false;
            Directory.Move(mirror, trash);
        }

        _sizes.TryRemove(mirror, out _);
        Directory.Delete(trash, recursive: true);
        return true;
    }

    private static long Measure(string mirror)
    {
        try
        {
            return new DirectoryInfo(mirror).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => (file.Length + Block - 1) / Block * Block);
        }
        catch (IOException)
        {
            // Files come and go while somebody works there; it is measured again after that.
            return 0;
        }
    }
}
