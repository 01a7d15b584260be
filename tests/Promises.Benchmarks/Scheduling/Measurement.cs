using System.Diagnostics;
using Promises.Benchmarks.Harness;

namespace Promises.Benchmarks.Scheduling;

/// <summary>Times of repeated runs of one thing, after a warm-up, and what one run allocates.</summary>
/// <param name="Median">Milliseconds.</param>
/// <param name="Worst">Milliseconds.</param>
/// <param name="Allocated">Bytes per run, on this thread.</param>
internal sealed record Measurement(double Median, double Worst, long Allocated)
{
    public static Measurement Of(int runs, Action action)
    {
        for (var i = 0; i < Math.Max(3, runs / 10); i++) action();
        GC.Collect();
        var times = new double[runs];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / runs;
        Array.Sort(times);
        return new Measurement(times[runs / 2], times[^1], allocated);
    }

    public void Row(string what) => Report.Row(
        what, FormattableString.Invariant($"{Median:0.000} ms"), FormattableString.Invariant($"{Worst:0.000} ms"), FormattableString.Invariant($"{Allocated / 1048576.0:0.00} MiB"));
}
