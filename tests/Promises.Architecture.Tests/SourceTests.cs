using System.Text.RegularExpressions;

namespace Promises.Architecture.Tests;

public sealed class SourceTests
{
    [Fact]
    public void Files_are_short()
    {
        var files = Repository.Sources("src").OrderByDescending(file => file.Lines).ToList();
        var lengths = files.Select(file => file.Lines).ToList();

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{files.Count} files, median {lengths[lengths.Count / 2]} lines; the longest: {string.Join(", ", files.Take(5).Select(file => $"{file.Path} {file.Lines}"))}");
        lengths[lengths.Count / 2].ShouldBeLessThan(60);
        files.TakeWhile(file => file.Lines > 250).Select(file => $"{file.Path}: {file.Lines} lines; look for the second responsibility").ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        // Spelt apart, so that this file does not find itself.
        var unfinished = new Regex(string.Join('|', "TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"));

        Repository.Sources("").Where(file => unfinished.IsMatch(file.Text)).Select(file => file.Path).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_mentions_a_place_on_the_machine_of_whoever_wrote_it()
    {
        var elsewhere = new Regex("(^|[\\s\"'(`=:])/(wo" + "rk|home/[a-z]+|Users/[A-Za-z]+)/", RegexOptions.Multiline);

        Repository.Files().Where(file => elsewhere.IsMatch(file.Text)).Select(file => $"{file.Path}: {elsewhere.Match(file.Text).Value}").ShouldBeEmpty();
    }
}
