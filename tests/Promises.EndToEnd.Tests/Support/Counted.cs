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

    /// <summary>
    /// Does something until three times in a row nothing was counted meanwhile: a store may still rest before a visit that was called for during the last one, but what
    /// counts each time fails.
    /// </summary>
    public async Task UncountedAsync(Func<Task> act)
    {
        var quiet = 0;
        for (var times = 0; quiet < 3; times++)
        {
            times.ShouldBeLessThan(10, "it is counted again and again");
            var before = Count;
            await act();
            quiet = Count == before ? quiet + 1 : 0;
        }
    }

    public void Dispose() => _listener.Dispose();
}
