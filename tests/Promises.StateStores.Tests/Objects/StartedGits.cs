using System.Diagnostics.Metrics;

namespace Promises.StateStores.Tests;

/// <summary>Counts what the flow of this test makes git do; other tests run at the same time.</summary>
internal sealed class StartedGits : IDisposable
{
    private static readonly AsyncLocal<StartedGits?> s_current = new();

    private readonly MeterListener _listener = new();
    private readonly List<string> _commands = [];

    public StartedGits()
    {
        s_current.Value = this;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "promises_git_processes_total" or "promises_git_fallbacks_total") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            if (s_current.Value != this) return;
            lock (_commands) _commands.Add(instrument.Name.Contains("fallbacks", StringComparison.Ordinal) ? $"fallback: {tags[0].Value}" : $"{tags[0].Value}");
        });
        _listener.Start();
    }

    /// <summary>The commands since they were asked for last.</summary>
    public List<string> Take()
    {
        lock (_commands)
        {
            List<string> commands = [.. _commands];
            _commands.Clear();
            return commands;
        }
    }

    public void Dispose() => _listener.Dispose();
}
