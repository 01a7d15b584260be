using System.Diagnostics;
using System.Text;

namespace Promises.Benchmarks.Floors;

/// <summary>The git program, as plainly as it can be run.</summary>
internal static class Git
{
    public static byte[] Run(IReadOnlyList<string> arguments, byte[]? input = null)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var feeding = Task.Run(() =>
        {
            if (input is not null) process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        feeding.Wait();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error.Result}");
    }

    public static string Text(params IReadOnlyList<string> arguments) => Encoding.UTF8.GetString(Run(arguments)).Trim();

    /// <summary>A new bare repository.</summary>
    public static string Init(string directory)
    {
        Run(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", directory]);
        return directory;
    }

    /// <summary>A repository with the same branches, which are loose refs in files as they are where somebody pushed.</summary>
    public static string Copy(string from, string to)
    {
        Init(to);
        Run(["-C", to, "fetch", "--quiet", from, "refs/heads/*:refs/heads/*"]);
        return to;
    }
}
