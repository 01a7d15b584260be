using System.Diagnostics.Metrics;

namespace Promises.StateStores;

/// <summary>Counts what git had to do because our own way failed unexpectedly: that it does not stay unnoticed.</summary>
internal static class GitFallbacks
{
    private static readonly Meter s_meter = new("Promises");
    private static readonly Counter<long> s_counter = s_meter.CreateCounter<long>("promises_git_fallbacks_total", description: "What was left to git after our own way failed, by step.");

    public static void Count(string step) => s_counter.Add(1, new KeyValuePair<string, object?>("step", step));
}
