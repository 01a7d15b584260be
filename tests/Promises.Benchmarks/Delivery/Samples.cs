using Promises.Benchmarks.Harness;

namespace Promises.Benchmarks.Delivery;

/// <summary>One delivery, in milliseconds from the request, with the same bytes by others beside it.</summary>
/// <param name="Answered">Until its answer.</param>
/// <param name="Visible">Until the commit was on the branch.</param>
/// <param name="Plain">Floor (a), plain git at its quickest.</param>
/// <param name="Ready">Floor (b), a ready pack.</param>
/// <param name="Naive">Null where it was not run.</param>
/// <param name="Allocated">Bytes that this process allocated meanwhile, client and recording included.</param>
internal readonly record struct Sample(double Answered, double Visible, double Plain, double Ready, double? Naive, long Allocated);

internal sealed class Samples
{
    private readonly List<Sample> _all = [];

    public void Add(Sample sample) => _all.Add(sample);

    public static void Table() => Report.Table("What", "Answer", "Branch", "Floor (a)", "Ratio", "Over", "Floor (b)", "Ratio", "Naive", "MiB");

    public void Row(string name)
    {
        var naive = _all.Select(sample => sample.Naive).OfType<double>().ToList();
        Report.Row(
            $"{name} (n = {_all.Count})",
            Report.Ms(Of(s => s.Answered).Median),
            Of(s => s.Visible).ToString(),
            Of(s => s.Plain).ToString(), Report.Ratio(Of(s => s.Visible / s.Plain).Median), Report.Ms(Of(s => s.Visible - s.Plain).Median),
            Of(s => s.Ready).ToString(), Report.Ratio(Of(s => s.Visible / s.Ready).Median),
            naive.Count == 0 ? "" : Report.Ms(new Spread(naive).Median),
            Report.MiB(Of(s => s.Allocated).Median));
    }

    private Spread Of(Func<Sample, double> value) => new(_all.Select(value));
}
