namespace Promises.Benchmarks.Harness;

/// <summary>Measured values in order.</summary>
internal sealed class Spread(IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public double Median => At(0.5);

    public double P99 => At(0.99);

    public double At(double quantile) => _sorted[Math.Max(0, (int)Math.Min(_sorted.Length - 1, Math.Ceiling(quantile * _sorted.Length) - 1))];

    /// <summary>Median and p99 in milliseconds, as a cell.</summary>
    public override string ToString() => $"{Report.Ms(Median)} / {Report.Ms(P99)}";
}
