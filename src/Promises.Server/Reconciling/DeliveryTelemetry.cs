using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promises.Server.Reconciling;

/// <summary>The numbers and spans of delivery.</summary>
internal sealed class DeliveryTelemetry
{
    private readonly Counter<long> _pushes = Telemetry.Meter.CreateCounter<long>("promises_store_push_total", description: "Pushes by store and result.");
    private readonly Histogram<double> _pushing = Telemetry.Meter.CreateHistogram<double>("promises_store_push_duration_seconds", "s", "Duration of pushes.");
    private readonly Histogram<double> _committing = Telemetry.Meter.CreateHistogram<double>("promises_store_commit_duration_seconds", "s", "Duration of building commits.");
    private readonly Histogram<int> _batches = Telemetry.Meter.CreateHistogram<int>("promises_store_batch_clusters", "{cluster}", "Clusters that one commit touches.");
    private readonly Histogram<double> _stages = Telemetry.Meter.CreateHistogram<double>("promises_delivery_duration_seconds", "s", "Duration of the stages of a delivery.");
    private readonly Counter<long> _repairs = Telemetry.Meter.CreateCounter<long>("promises_repairs_total", description: "What others had done to our files and was put right, by store and what was found.");
    private readonly TimeProvider _time;

    public DeliveryTelemetry(DeliveryQueue queue, TimeProvider time)
    {
        _time = time;
        Telemetry.Meter.CreateObservableGauge(
            "promises_work_queue_depth", () => new Measurement<int>(queue.Depth, new KeyValuePair<string, object?>("queue", "stores")), description: "Keys that wait.");
    }

    /// <param name="causes">The spans of the requests that it answers: it belongs to the trace of the first and is linked to the others.</param>
    public static Activity? Sync(string store, IReadOnlyList<ActivityContext> causes) => Telemetry.Source.StartActivity(
        ActivityKind.Internal, parentContext: causes.Count == 0 ? default : causes[0], tags: [new("store", store)],
        links: causes.Skip(1).Select(cause => new ActivityLink(cause)), name: "store.sync");

    public static Activity? Push(string store) => Telemetry.Source.StartActivity("git.push")?.SetTag("store", store);

    public void Pushed(string store, string result, long started)
    {
        var tag = new KeyValuePair<string, object?>("store", store);
        _pushes.Add(1, tag, new("result", result));
        _pushing.Record(_time.GetElapsedTime(started).TotalSeconds, tag);
    }

    public void Repaired(string store, Repairs repairs)
    {
        foreach (var (what, count) in ((string, int)[])[("changed", repairs.Changed), ("deleted", repairs.Deleted), ("replaced", repairs.Replaced.Count), ("returned", repairs.Returned), ("history", repairs.History is null ? 0 : 1)])
        {
            if (count > 0) _repairs.Add(count, new KeyValuePair<string, object?>("store", store), new("what", what));
        }
    }

    public void Committed(string store, int clusters, long started)
    {
        var tag = new KeyValuePair<string, object?>("store", store);
        _committing.Record(_time.GetElapsedTime(started).TotalSeconds, tag);
        _batches.Record(clusters, tag);
    }

    public void Stage(string stage, long started) => _stages.Record(_time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
}
