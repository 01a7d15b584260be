using System.Text;

namespace Promises.StateStores.Tests;

/// <summary>What git-receive-pack was seen to answer, and what is not quite that.</summary>
public sealed class PushAnswerTests
{
    private static readonly PushCapabilities Plain = new("report-status", HasSideBands: false);
    private static readonly PushCapabilities Bands = new("report-status side-band-64k", HasSideBands: true);

    [Fact]
    public void Report_says_of_each_ref_whether_it_was_moved()
    {
        var answer = Read(Plain, Lines("unpack ok\n", "ok a\n", "ng b failed to update ref\n") + "0000");
        (answer.IsUnpacked, answer.Words).ShouldBe((true, ""));
        answer.Refusals.ShouldBe(new Dictionary<string, string?> { ["a"] = null, ["b"] = "failed to update ref" });
    }

    [Fact]
    public void Pack_that_was_not_taken_moves_nothing()
    {
        var answer = Read(Plain, Lines("unpack index-pack abnormal exit", "ng a unpacker error", "ng b unpacker error") + "0000");
        (answer.IsUnpacked, answer.Unpack).ShouldBe((false, "index-pack abnormal exit"));
    }

    [Fact]
    public void Report_comes_in_pieces_between_the_words_of_hooks()
    {
        var report = Lines("unpack ok\n", "ok a\n", "ok b\n") + "0000";
        var answer = Read(Bands, Lines("\u0002hello ", "\u0001" + report[..7], "\u0002", "\u0002world\n", "\u0001" + report[7..]) + "0000");
        answer.Words.ShouldBe("hello world\n");
        answer.Refusals.Values.ShouldBe([null, null]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("000eunpack ok\n0000")]
    [InlineData("000eunpack ok\n0009ok a\n0000")]
    [InlineData("000eunpack ok\n0009ok a\n0009ok b\n")]
    [InlineData("000eunpack ok\n0009ok a\n0009ok b")]
    [InlineData("000eunpack ok\n0009ok a\n0009ok a\n0000")]
    [InlineData("000eunpack ok\n0009ok a\n0009ok b\n0009ok c\n0000")]
    [InlineData("000eunpack ok\n0009ok a\n0009ok b\n00000000")]
    [InlineData("000eunpack ok\n0009ok a\n0009ng b\n0000")]
    [InlineData("000eunpack no\n0009ok a\n0009ok b\n0000")]
    [InlineData("000cunpack \n0009ok a\n0009ok b\n0000")]
    [InlineData("0009ok a\n0009ok b\n0000")]
    [InlineData("000Zunpack ok\n0009ok a\n0009ok b\n0000")]
    [InlineData("0001")]
    [InlineData(" 00eunpack ok\n0009ok a\n0009ok b\n0000")]
    public void What_is_not_quite_a_report_is_none(string body) => Should.Throw<InvalidDataException>(() => Read(Plain, body));

    [Fact]
    public void Report_in_bands_that_is_cut_goes_on_or_gives_up_is_none()
    {
        var report = Lines("unpack ok\n", "ok a\n", "ok b\n") + "0000";
        var whole = Lines("\u0001" + report) + "0000";
        Read(Bands, whole).Refusals.Count.ShouldBe(2);
        string[] odd =
        [
            whole[..^4], whole + "0000", Lines("\u0001" + report, "\u0003giving up") + "0000", Lines("\u0001" + report[..^4]) + "0000",
            Lines("\u0001" + report, "") + "0000", report,
        ];
        foreach (var body in odd) Should.Throw<InvalidDataException>(() => Read(Bands, body), body);
    }

    [Theory]
    [InlineData("report-status delete-refs side-band-64k quiet atomic object-format=sha1 agent=git/2.39.5", "report-status side-band-64k quiet object-format=sha1")]
    [InlineData("report-status", "report-status")]
    [InlineData("delete-refs side-band-64k", null)]
    [InlineData("report-status-v2 side-band-64k", null)]
    [InlineData("report-status object-format=sha256", null)]
    public void Only_what_is_offered_is_asked_for(string offered, string? wanted)
    {
        var advertisement = Encoding.UTF8.GetBytes($"{Lines("# service=git-receive-pack\n")}0000{Lines($"{new string('0', 40)} capabilities^{{}}\0{offered}\n")}0000");
        if (wanted is null) Should.Throw<InvalidDataException>(() => PushCapabilities.Read(advertisement));
        else PushCapabilities.Read(advertisement).ShouldBe(new PushCapabilities(wanted, wanted.Contains("side-band", StringComparison.Ordinal)));
    }

    private static PushAnswer Read(PushCapabilities capabilities, string body) =>
        PushAnswer.Read(Encoding.UTF8.GetBytes(body), capabilities, new HashSet<string> { "a", "b" });

    private static string Lines(params IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{line.Length + 4:x4}{line}"));
}
