namespace Promises.Benchmarks.Harness;

/// <param name="Quick">Small sizes and few rounds: to see that a benchmark works, not what it says.</param>
/// <param name="Naive">Also the naive way, which takes minutes for each row.</param>
internal sealed record BenchOptions(bool Quick, bool Naive)
{
    public T Of<T>(T full, T quick) => Quick ? quick : full;
}
