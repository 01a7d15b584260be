using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promises.StateStores;

/// <summary>Counts how often git had to do what we do ourselves where it works.</summary>
internal static class GitFallbacks
{
    private static readonly Meter s_meter = new("Promises");
    private static readonly Counter<long> s_fallbacks = s_meter.CreateCounter<long>(
        "promises_git_fallbacks_total", description: "Steps of stores with writer direct that were left to git, by step.");

    public static void Count(string step, string why)
    {
        s_fallbacks.Add(1, new KeyValuePair<string, object?>("step", step));
        Activity.Current?.AddEvent(new ActivityEvent("git fallback", tags: new ActivityTagsCollection { ["step"] = step, ["why"] = why }));
    }
}
