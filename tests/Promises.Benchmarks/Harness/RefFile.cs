using System.Diagnostics;

namespace Promises.Benchmarks.Harness;

/// <summary>A branch of a bare repository as a file: the first moment at which somebody else could see the commit.</summary>
internal sealed class RefFile(string repository, string branch = "main")
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly string _name = $"refs/heads/{branch}";
    private readonly string _file = Path.Combine(repository, "refs", "heads", branch);
    private readonly string _packed = Path.Combine(repository, "packed-refs");

    public string Branch => branch;

    public string Read()
    {
        try
        {
            return File.ReadAllText(_file).Trim();
        }
        catch (IOException) when (File.Exists(_packed))
        {
            // The repository's own upkeep packs refs now and then.
            return File.ReadLines(_packed).First(line => line.EndsWith(" " + _name, StringComparison.Ordinal))[..40];
        }
    }

    /// <summary>When the branch is seen to have left this commit. Looks every millisecond, on a thread of its own.</summary>
    public Task<long> WhenMovedAsync(string from) => WhenAllMovedAsync([(this, from)]);

    /// <summary>When the last of them has left its commit. Looks at one at a time, so that watching many costs no more than one.</summary>
    public static Task<long> WhenAllMovedAsync(IReadOnlyList<(RefFile Branch, string From)> branches) => Task.Factory.StartNew(() =>
    {
        foreach (var (branch, from) in branches)
        {
            while (branch.Read() == from) Thread.Sleep(Pause);
        }

        return Stopwatch.GetTimestamp();
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
