using System.Text.RegularExpressions;

namespace Promises.Architecture.Tests;

/// <summary>Dashboards and alert rules name exactly the instruments that the server has.</summary>
public sealed partial class InstrumentTests
{
    [Fact]
    public void Dashboards_and_alerts_use_no_name_that_the_server_does_not_have() => Used().Except(Known()).ShouldBeEmpty();

    [Fact]
    public void Every_instrument_is_on_a_dashboard_or_in_an_alert() => Known().Except(Used()).ShouldBeEmpty();

    private static HashSet<string> Known() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Created().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value),
    ];

    // A histogram is several series.
    private static HashSet<string> Used() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy/grafana")).Where(file => !file.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => Name().Matches(File.ReadAllText(file))).Select(match => Series().Replace(match.Value, "")),
    ];

    [GeneratedRegex(@"Create(Counter|Histogram|UpDownCounter|Gauge|Observable\w+)(<\w+>)?\(\s*""(?<name>promises_\w+)""")]
    private static partial Regex Created();

    [GeneratedRegex(@"\bpromises_\w+")]
    private static partial Regex Name();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Series();
}
