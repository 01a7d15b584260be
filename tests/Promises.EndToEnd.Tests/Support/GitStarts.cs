using System.Diagnostics.Metrics;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>Counts the git processes that what is started from here starts, and not those of tests beside this one.</summary>
internal sealed class GitStarts : IDisposable
{
    private static readonly AsyncLocal<GitStarts?> Here = new();

    private readonly MeterListener _listener = new();
    private int _count;

    private GitStarts()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "promises_git_processes_total") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) =>
        {
            // The callback runs where git is started.
            if (Here.Value == this) Interlocked.Add(ref _count, (int)count);
        });
        _listener.Start();
    }

    public int Count => Volatile.Read(ref _count);

    public static GitStarts Begin() => Here.Value = new GitStarts();

    public void Dispose() => _listener.Dispose();
}
