using System.Diagnostics;

namespace Promises.Benchmarks.Delivery;

/// <summary>The branch of a bare repository as a file: the first moment at which somebody else could see the commit.</summary>
internal sealed class RefFile(string repository)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly string _file = Path.Combine(repository, "refs", "heads", "main");

    public string Read() => File.ReadAllText(_file).Trim();

    /// <summary>When the branch is seen to have left this commit. Looks every millisecond, on a thread of its own.</summary>
    public Task<long> WhenMovedAsync(string from) => Task.Factory.StartNew(() =>
    {
        while (Read() == from) Thread.Sleep(Pause);
        return Stopwatch.GetTimestamp();
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
