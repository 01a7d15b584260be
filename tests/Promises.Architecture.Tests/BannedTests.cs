namespace Promises.Architecture.Tests;

/// <summary>The analyzer reads BannedSymbols.txt; this holds that nobody got round it.</summary>
public sealed class BannedTests
{
    // M:System.Threading.Tasks.Task.Delay(System.TimeSpan) has an overload that is fine, which names alone do not tell apart.
    private static readonly string[] Clocks =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Random.get_Shared", "System.Threading.Thread.Sleep",
    ];

    [Fact]
    public void Shipped_code_asks_no_clock_and_no_chance_of_its_own()
    {
        Product.Names.SelectMany(name => Product.UsedMembers(name).Intersect(Clocks).Select(member => $"{name}: {member}")).ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_switches_the_ban_off()
    {
        // Spelt apart, so that this file does not find itself.
        const string rule = "RS" + "0030";
        Repository.Files().Where(file => file.Text.Contains(rule, StringComparison.Ordinal)).Select(file => file.Path).ShouldBeEmpty();

        var props = Repository.Files().Single(file => file.Path == "Directory.Build.props").Text;
        props.ShouldContain("BannedSymbols.txt");
        var banned = Repository.Files().Single(file => file.Path == "BannedSymbols.txt").Text;
        banned.ShouldContain("P:System.DateTime.Now");
        banned.ShouldContain("P:System.DateTimeOffset.UtcNow");
    }
}
