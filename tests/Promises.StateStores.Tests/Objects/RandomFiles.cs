using System.Diagnostics;
using System.Globalization;
using System.Text;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>Random files at paths that collide often, with names that sort around the slash and in several bytes.</summary>
internal sealed class RandomFiles(Random random)
{
    private static readonly string[] Names = ["a", "a.b", "a0", "a-", "a b", "b", "é", "中", "Z"];
    private static readonly string[] Modes = ["100644", "100644", "100644", "100755", "120000", "160000"];

    private readonly byte[][] _shared = [.. Enumerable.Range(0, 5).Select(i => Encoding.UTF8.GetBytes($"shared {i}"))];

    /// <summary>A stream for git's import: commits of somebody else on branches b0, b1 and so on, with links, submodules and executables.</summary>
    public string Bases(int count)
    {
        var stream = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            stream.Append(CultureInfo.InvariantCulture, $"commit refs/heads/b{i}\ncommitter S <s@example.com> {i} +0000\ndata 1\nx\n");
            for (var files = random.Next(0, 60); files > 0; files--)
            {
                var (mode, content) = (Modes[random.Next(Modes.Length)], $"{random.Next(8)}");
                stream.Append(mode == "160000"
                    ? $"M {mode} {new string('1', 40)} {Path()}\n"
                    : string.Create(CultureInfo.InvariantCulture, $"M {mode} inline {Path()}\ndata {content.Length}\n{content}\n"));
            }
        }

        return stream.Append("done\n").ToString();
    }

    /// <param name="stream">As <see cref="Bases"/> makes it.</param>
    public static void Import(GitRepo repo, string stream)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", repo.Path, "fast-import", "--quiet", "--done"]) { RedirectStandardInput = true })!;
        git.StandardInput.Write(stream);
        git.StandardInput.Close();
        git.WaitForExit();
        git.ExitCode.ShouldBe(0);
    }

    /// <summary>Changes that can stand in one commit; now and then very many.</summary>
    public List<FileChange> Changes()
    {
        var taken = new CommitPaths();
        var changes = new List<FileChange>();
        var crowd = random.Next(12) == 0 ? $"{Path()}/crowd" : null;
        for (var i = crowd is null ? random.Next(0, 12) : random.Next(60, 300); i > 0; i--)
        {
            var change = new FileChange(crowd is null ? Path() : $"{crowd}/{i}", random.Next(3) == 0 ? null : Content());
            if (taken.Take([change]) is null) changes.Add(change);
        }

        return changes;
    }

    private byte[] Content() => random.Next(4) == 0 ? _shared[random.Next(_shared.Length)] : Encoding.UTF8.GetBytes($"{random.Next(200)}");

    public string Path() => string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Names[random.Next(Names.Length)]));
}
