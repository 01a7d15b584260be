using System.Diagnostics;

namespace Promises.Benchmarks.Harness;

/// <summary>Looks at a few branches until told to stop, and remembers when one of them moved last: where several commits may come.</summary>
internal sealed class BranchWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly Task<long> _watching;
    private volatile bool _stopping;

    public BranchWatch(IReadOnlyList<RefFile> branches)
    {
        var seen = branches.Select(branch => branch.Read()).ToArray();
        _watching = Task.Factory.StartNew(() => Watch(branches, seen), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <returns>The timestamp of the last movement.</returns>
    public Task<long> StopAsync()
    {
        _stopping = true;
        return _watching;
    }

    private long Watch(IReadOnlyList<RefFile> branches, string[] seen)
    {
        var last = 0L;
        while (true)
        {
            var stopping = _stopping;
            for (var i = 0; i < seen.Length; i++)
            {
                var now = branches[i].Read();
                if (now == seen[i]) continue;
                (seen[i], last) = (now, Stopwatch.GetTimestamp());
            }

            if (stopping) return last;
            Thread.Sleep(Pause);
        }
    }
}
