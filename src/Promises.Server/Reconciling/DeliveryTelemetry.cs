using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promises.Server.Reconciling;

/// <summary>The numbers and spans of delivery.</summary>
internal sealed class DeliveryTelemetry
{
    private readonly Counter<long> _pushes = Telemetry.Meter.CreateCounter<long>("promises_store_push_total", description: "Pushes by store and result.");
    private readonly Histogram<double> _pushing = Telemetry.Meter.CreateHistogram<double>("promises_store_push_duration_seconds", "s", "Duration of pushes.");
    private readonly Histogram<double> _stages = Telemetry.Meter.CreateHistogram<double>("promises_delivery_duration_seconds", "s", "Duration of the stages of a delivery.");
    private readonly Counter<long> _repairs = Telemetry.Meter.CreateCounter<long>("promises_repairs_total", description: "What others had done to our files and was put right, by store and what was found.");
    private readonly TimeProvider _time;

    public DeliveryTelemetry(DeliveryQueue queue, TimeProvider time)
    {
        _time = time;
        Telemetry.Meter.CreateObservableGauge(
            "promises_work_queue_depth", () => new Measurement<int>(queue.Depth, new KeyValuePair<string, object?>("queue", "stores")), description: "Keys that wait.");
    }

    /// <param name="causes">The spans of the requests that it answers.</param>
    public static Activity? Sync(string store, IEnumerable<ActivityContext> causes) => Telemetry.Source.StartActivity(
        ActivityKind.Internal, parentContext: default, tags: [new("store", store)], links: causes.Select(cause => new ActivityLink(cause)), name: "store.sync");

    public static Activity? Push(string store) => Telemetry.Source.StartActivity("git.push")?.SetTag("store", store);

    public void Pushed(string store, string result, long started)
    {
        var tag = new KeyValuePair<string, object?>("store", store);
        _pushes.Add(1, tag, new("result", result));
        _pushing.Record(_time.GetElapsedTime(started).TotalSeconds, tag);
    }

    public void Repaired(string store, Repairs repairs)
    {
        foreach (var (what, count) in ((string, int)[])[("changed", repairs.Changed), ("deleted", repairs.Deleted), ("replaced", repairs.Replaced.Count), ("history", repairs.History is null ? 0 : 1)])
        {
            if (count > 0) _repairs.Add(count, new KeyValuePair<string, object?>("store", store), new("what", what));
        }
    }

    public void Stage(string stage, long started) => _stages.Record(_time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
}
