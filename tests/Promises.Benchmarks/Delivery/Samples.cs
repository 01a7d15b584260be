namespace Promises.Benchmarks.Delivery;

/// <param name="Answered">Milliseconds from the request to its answer.</param>
/// <param name="Visible">Milliseconds from the request to the commit on the branch.</param>
/// <param name="Floor">Milliseconds that plain git takes for the same bytes.</param>
/// <param name="Allocated">Bytes that this process allocated meanwhile, client and recording included.</param>
internal readonly record struct Sample(double Answered, double Visible, double Floor, long Allocated);

internal sealed class Samples
{
    private readonly List<Sample> _all = [];

    public void Add(Sample sample) => _all.Add(sample);

    public string Line(string name)
    {
        var (visible, floor) = (Sorted(s => s.Visible), Sorted(s => s.Floor));
        return string.Join("  ",
        [
            $"{name,-42}",
            FormattableString.Invariant($"answer {At(Sorted(s => s.Answered), 0.5),7:0.0}"),
            FormattableString.Invariant($"branch p50 {At(visible, 0.5),7:0.0} p99 {At(visible, 0.99),7:0.0}"),
            FormattableString.Invariant($"floor p50 {At(floor, 0.5),7:0.0} p99 {At(floor, 0.99),7:0.0}"),
            FormattableString.Invariant($"ratio {At(Sorted(s => s.Visible / s.Floor), 0.5),5:0.00} over {At(Sorted(s => s.Visible - s.Floor), 0.5),6:0.0} ms"),
            FormattableString.Invariant($"{At(Sorted(s => s.Allocated / 1048576.0), 0.5),6:0.0} MiB n={_all.Count}"),
        ]);
    }

    private double[] Sorted(Func<Sample, double> value) => [.. _all.Select(value).Order()];

    private static double At(double[] sorted, double quantile) => sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(quantile * sorted.Length) - 1)];
}
