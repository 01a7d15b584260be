using Promises.Benchmarks.Delivery;
using Promises.Benchmarks.Fleet;
using Promises.Benchmarks.Harness;
using Promises.Benchmarks.Scheduling;

namespace Promises.Benchmarks;

/// <summary>Each benchmark prints its own figures. Names are given on the command line; none runs all. With --quick they only show that they work.</summary>
internal static class Benchmarks
{
    private const string Quick = "--quick";
    private const string WithoutNaive = "--without-naive";

    private static readonly Dictionary<string, Func<BenchOptions, Task>> Known = new(StringComparer.Ordinal)
    {
        ["scheduler"] = SchedulerBenchmark.RunAsync,
        ["matching"] = MatchingBenchmark.RunAsync,
        ["delivery"] = DeliveryBenchmark.RunAsync,
        ["profile"] = ProfileBenchmark.RunAsync,
        ["revision"] = RevisionBenchmark.RunAsync,
        ["stores"] = StoresBenchmark.RunAsync,
        ["branches"] = BranchesBenchmark.RunAsync,
        ["batch"] = BatchBenchmark.RunAsync,
        ["growth"] = GrowthBenchmark.RunAsync,
        ["load"] = LoadBenchmark.RunAsync,
        ["idle"] = IdleBenchmark.RunAsync,
        ["scale"] = ScaleBenchmark.RunAsync,
    };

    private static async Task<int> Main(string[] args)
    {
        Report.Begin();
        var options = new BenchOptions(args.Contains(Quick, StringComparer.Ordinal), !args.Contains(WithoutNaive, StringComparer.Ordinal));
        var names = args.Where(name => name is not (Quick or WithoutNaive)).ToList();
        var failed = 0;
        foreach (var name in names.Count == 0 ? [.. Known.Keys] : names)
        {
            if (!Known.TryGetValue(name, out var run))
            {
                await Console.Error.WriteLineAsync($"There is no benchmark {name}. There are: {string.Join(", ", Known.Keys)}.");
                return 2;
            }

            Report.Note($"{name}:");
            try
            {
                await run(options);
            }
            catch (InvalidOperationException e)
            {
                // The others can still say something.
                Report.Note($"{name} failed: {e.Message}");
                failed = 1;
            }
        }

        return failed;
    }
}
