namespace Promises.Benchmarks.Harness;

/// <param name="Quick">Small sizes and few rounds: to see that a benchmark works, not what it says.</param>
internal sealed record BenchOptions(bool Quick)
{
    public T Of<T>(T full, T quick) => Quick ? quick : full;
}
