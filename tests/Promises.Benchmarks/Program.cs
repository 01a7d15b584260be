using Promises.Benchmarks.Delivery;
using Promises.Benchmarks.Scheduling;

namespace Promises.Benchmarks;

/// <summary>Each benchmark prints its own figures. Names are given on the command line; none runs all.</summary>
internal static class Benchmarks
{
    private static readonly Dictionary<string, Func<Task>> Known = new(StringComparer.Ordinal)
    {
        ["scheduler"] = SchedulerBenchmark.RunAsync,
        ["matching"] = MatchingBenchmark.RunAsync,
        ["delivery"] = DeliveryBenchmark.RunAsync,
    };

    private static async Task<int> Main(string[] args)
    {
        foreach (var name in args.Length == 0 ? [.. Known.Keys] : args)
        {
            if (!Known.TryGetValue(name, out var run))
            {
                await Console.Error.WriteLineAsync($"There is no benchmark {name}. There are: {string.Join(", ", Known.Keys)}.");
                return 2;
            }

            await run();
        }

        return 0;
    }
}
