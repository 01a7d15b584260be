using System.Diagnostics;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Documents;

/// <summary>What the README tells people to type works, and shows what it says it shows: the blocks hold their own checks.</summary>
public sealed class TourTests(TestPostgres postgres)
{
    private const string Address = "127.0.0.1:8080";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Tour_of_the_readme_runs_from_its_first_to_its_last_line_on_a_fresh_server()
    {
        var root = FindRoot();
        var blocks = Blocks(await File.ReadAllLinesAsync(Path.Combine(root, "README.md"), TestContext.Current.CancellationToken));
        blocks.Count.ShouldBeGreaterThan(10);
        using var place = new TempDirectory();
        await using var server = TestServer.Start(await postgres.EmptyAsync());

        // As in the checkout: the data and the shipped Promises lie beside each other.
        Directory.CreateSymbolicLink(place["data"], server.DataDirectory);
        Directory.CreateSymbolicLink(place["promises"], Path.Combine(root, "promises"));
        var script = string.Join('\n', blocks.Select((block, index) => $"echo '== block {index + 1}'\n{block}")).Replace(Address, server.Address.Authority, StringComparison.Ordinal);
        var (code, output) = await BashAsync(script, place);

        code.ShouldBe(0, output);
        output.ShouldContain($"== block {blocks.Count}");
    }

    /// <summary>Blocks marked as <c>sh</c> are the tour; those of other things are not marked.</summary>
    private static List<string> Blocks(IEnumerable<string> lines)
    {
        var blocks = new List<string>();
        List<string>? open = null;
        foreach (var line in lines)
        {
            if (line == "```sh") open = [];
            else if (line == "```" && open is not null)
            {
                blocks.Add(string.Join('\n', open));
                open = null;
            }
            else open?.Add(line);
        }

        return blocks;
    }

    private static async Task<(int Code, string Output)> BashAsync(string script, TempDirectory place)
    {
        await File.WriteAllTextAsync(place["tour"], $"exec 2>&1\n{script}\n", TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("bash") { WorkingDirectory = place.Path, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])["-euo", "pipefail", place["tour"]]) start.ArgumentList.Add(argument);
        start.Environment["TMPDIR"] = place.Path;
        start.Environment["HOME"] = place.Path;
        using var bash = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var output = await bash.StandardOutput.ReadToEndAsync(limit.Token);
            await bash.WaitForExitAsync(limit.Token);
            return (bash.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            bash.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Promises.sln"))) return directory.FullName;
        }

        throw new DirectoryNotFoundException($"There is no Promises.sln above {AppContext.BaseDirectory}.");
    }
}
