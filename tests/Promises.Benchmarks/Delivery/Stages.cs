using System.Diagnostics.Metrics;

namespace Promises.Benchmarks.Delivery;

/// <summary>Where the server says the time of a delivery goes, by its own metrics.</summary>
internal sealed class Stages : IDisposable
{
    private const string Delivery = "promises_delivery_duration_seconds";
    private const string Push = "promises_store_push_duration_seconds";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, List<double>> _seconds = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public Stages()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Promises" && instrument.Name is Delivery or Push) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name == Push ? "publish" : Tag(tags), value));
        _listener.Start();
    }

    public void Clear()
    {
        lock (_gate) _seconds.Clear();
    }

    public string Line()
    {
        lock (_gate)
        {
            return "    " + string.Join("  ", _seconds.Select(stage => FormattableString.Invariant($"{stage.Key} {Median(stage.Value) * 1000:0.0} ms")));
        }
    }

    public void Dispose() => _listener.Dispose();

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == "stage") return tag.Value?.ToString() ?? "";
        }

        return "";
    }

    private void Add(string stage, double seconds)
    {
        lock (_gate)
        {
            if (!_seconds.TryGetValue(stage, out var all)) _seconds[stage] = all = [];
            all.Add(seconds);
        }
    }
}
