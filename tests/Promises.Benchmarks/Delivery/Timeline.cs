using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Promises.Benchmarks.Harness;

namespace Promises.Benchmarks.Delivery;

/// <summary>When each step of a delivery ended and each statement ran, from the server's own spans and metrics.</summary>
internal sealed class Timeline : IDisposable
{
    public const string SyncBegan = "sync began", Read = "match", Planned = "render", Committed = "commit", PushBegan = "push began", Pushed = "pushed", SyncEnded = "sync ended";

    private readonly ConcurrentDictionary<string, long> _marks = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Statement> _statements = new();
    private readonly ConcurrentDictionary<Activity, long> _running = new();
    private readonly ActivityListener _spans;
    private readonly MeterListener _metrics = new();

    public Timeline()
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Promises" or "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = Begin,
            ActivityStopped = End,
        };
        ActivitySource.AddActivityListener(_spans);
        _metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "promises_delivery_duration_seconds" or "promises_store_commit_duration_seconds") listener.EnableMeasurementEvents(instrument);
        };
        _metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
            Mark(instrument.Name == "promises_store_commit_duration_seconds" ? Committed : tags.ToArray().First(tag => tag.Key == "stage").Value!.ToString()!));
        _metrics.Start();
    }

    public IReadOnlyCollection<Statement> Statements => _statements;

    public void Clear()
    {
        _marks.Clear();
        _statements.Clear();
    }

    public long At(string mark) => _marks[mark];

    public void Dispose()
    {
        _spans.Dispose();
        _metrics.Dispose();
    }

    private void Mark(string name) => _marks.TryAdd(name, Stopwatch.GetTimestamp());

    private void Begin(Activity span)
    {
        if (span.OperationName == "store.sync") Mark(SyncBegan);
        else if (span.OperationName == "git.push") Mark(PushBegan);
        else if (span.Source.Name == "Npgsql") _running[span] = Stopwatch.GetTimestamp();
    }

    private void End(Activity span)
    {
        if (span.OperationName == "store.sync") Mark(SyncEnded);
        else if (span.OperationName == "git.push") Mark(Pushed);
        else if (_running.TryRemove(span, out var began))
        {
            var text = (span.GetTagItem("db.query.text") ?? span.GetTagItem("db.statement"))?.ToString() ?? span.DisplayName;
            if (text != BenchDatabase.Settled)
                _statements.Enqueue(new Statement(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), began, Stopwatch.GetTimestamp()));
        }
    }
}

internal sealed record Statement(string Text, long Began, long Ended);
