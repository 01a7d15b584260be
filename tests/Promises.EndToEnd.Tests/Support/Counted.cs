using System.Diagnostics.Metrics;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>Adds up what a counter of the server counts in what is started from here, and not in tests beside this one.</summary>
internal sealed class Counted : IDisposable
{
    private static readonly AsyncLocal<Counted?> Here = new();

    private readonly MeterListener _listener = new();
    private int _count;

    private Counted(string name)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) =>
        {
            // The callback runs where it is counted.
            if (Here.Value == this) Interlocked.Add(ref _count, (int)count);
        });
        _listener.Start();
    }

    public int Count => Volatile.Read(ref _count);

    public static Counted GitStarts() => Here.Value = new Counted("promises_git_processes_total");

    public static Counted Repairs() => Here.Value = new Counted("promises_repairs_total");

    public void Dispose() => _listener.Dispose();
}
