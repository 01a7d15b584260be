using Promises.Benchmarks.Scheduling;

// Each of them prints its own figures. Names are given on the command line; none runs all.
var benchmarks = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["scheduler"] = SchedulerBenchmark.RunAsync,
};

foreach (var name in args.Length == 0 ? [.. benchmarks.Keys] : args)
{
    if (!benchmarks.TryGetValue(name, out var run))
    {
        await Console.Error.WriteLineAsync($"There is no benchmark {name}. There are: {string.Join(", ", benchmarks.Keys)}.");
        return 2;
    }

    await run();
}

return 0;
