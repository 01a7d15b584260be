using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Promises.Server.Hosting;

/// <summary>
/// Places where a test lets this process die or stop (<see cref="TestingOptions.FailAt"/>, <see cref="TestingOptions.StopAt"/>): before and after each step of
/// the writer and of a decision.
/// </summary>
internal sealed partial class Failpoints
{
    private const int SigKill = 9;
    private const int SigStop = 19;

    private readonly List<Point>? _points;

    public Failpoints(TestingOptions testing)
    {
        var points = Parse(testing.FailAt, SigKill).Concat(Parse(testing.StopAt, SigStop)).ToList();
        _points = points.Count == 0 ? null : points;
    }

    /// <summary>Of a visit to a store, in order. A visit with nothing to write ends after <c>compare</c> with <c>record</c>.</summary>
    public static IReadOnlyList<string> WriterSteps { get; } = ["claim", "snapshot", "fetch", "tree", "compare", "commit", "intent", "push", "record", "release"];

    /// <summary>Of an accepted write, in order; the last one is after its commit.</summary>
    public static IReadOnlyList<string> DecisionSteps { get; } = ["lock", "plan", "store", "decided"];

    public static IReadOnlyList<string> Steps { get; } = [.. WriterSteps, .. DecisionSteps];

    public void Reach(string step, bool after)
    {
        if (_points is null) return;
        foreach (var point in _points.Where(point => point.Step == step && point.After == after))
        {
            if (point.Reached()) _ = kill(Environment.ProcessId, point.Signal);
        }
    }

    public async Task AroundAsync(string step, Func<Task> work)
    {
        Reach(step, after: false);
        await work();
        Reach(step, after: true);
    }

    public async Task<T> AroundAsync<T>(string step, Func<Task<T>> work)
    {
        Reach(step, after: false);
        var result = await work();
        Reach(step, after: true);
        return result;
    }

    /// <summary>What is wrong with such a setting; null if nothing is.</summary>
    public static string? Mistake(string? setting) =>
        setting is null || (Syntax().Match(setting) is { Success: true } match && Steps.Contains(match.Groups["step"].Value))
            ? null
            : $"{setting} is not <step>:before or <step>:after, perhaps with #2 for the second time; steps are {string.Join(", ", Steps)}.";

    private static IEnumerable<Point> Parse(string? setting, int signal)
    {
        if (setting is null) yield break;
        var match = Syntax().Match(setting);
        yield return new Point(
            match.Groups["step"].Value, match.Groups["when"].Value == "after",
            match.Groups["time"] is { Success: true } time ? int.Parse(time.Value, CultureInfo.InvariantCulture) : 1, signal);
    }

    [GeneratedRegex(@"\A(?<step>[a-z]+):(?<when>before|after)(#(?<time>[1-9][0-9]{0,3}))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Syntax();

    // To itself: no process is started, and nothing of the runtime gets to tidy up.
    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    private sealed class Point(string step, bool after, int time, int signal)
    {
        private int _times;

        public string Step => step;

        public bool After => after;

        public int Signal => signal;

        public bool Reached() => Interlocked.Increment(ref _times) == time;
    }
}
