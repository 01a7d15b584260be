using System.Diagnostics;

namespace Promises.Testing;

/// <summary>A bare repository as a stranger would use it, by the git program.</summary>
public sealed class GitRepo
{
    public GitRepo(string path, bool init = true)
    {
        Path = path;
        if (init) Git("init", "--quiet", "--bare", "--initial-branch=main", path);
    }

    public string Path { get; }

    public string Url => $"file://{Path}";

    public string? Head(string branch = "main")
    {
        var id = Try("rev-parse", "--verify", "--quiet", $"refs/heads/{branch}").Trim();
        return id.Length == 0 ? null : id;
    }

    public int Commits(string branch = "main") => Head(branch) is null ? 0 : int.Parse(In("rev-list", "--count", branch).Trim(), System.Globalization.CultureInfo.InvariantCulture);

    public string[] Files(string branch = "main") =>
        Head(branch) is null ? [] : In("ls-tree", "-r", "-z", "--name-only", branch).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    public string Show(string path, string branch = "main") => In("show", $"{branch}:{path}");

    public string Message(string revision = "main") => In("log", "-1", "--format=%B", revision);

    /// <summary>A commit by somebody else. A null content deletes the file.</summary>
    public string Commit(string branch, string message, params (string Path, string? Content)[] files)
    {
        var index = System.IO.Path.Combine(Path, $"index-{Guid.NewGuid():N}");
        try
        {
            var parent = Head(branch);
            if (parent is not null) WithIndex(index, "read-tree", parent);
            foreach (var (path, content) in files)
            {
                if (content is null)
                {
                    WithIndex(index, "rm", "--cached", "-q", "--", path);
                    continue;
                }

                var temporary = System.IO.Path.GetTempFileName();
                File.WriteAllText(temporary, content);
                var blob = In("hash-object", "-w", temporary).Trim();
                File.Delete(temporary);
                WithIndex(index, "update-index", "--add", "--cacheinfo", $"100644,{blob},{path}");
            }

            var tree = WithIndex(index, "write-tree").Trim();
            string[] arguments = ["-c", "user.name=Somebody", "-c", "user.email=s@example.com", "commit-tree", tree, "-m", message];
            var commit = In(parent is null ? arguments : [.. arguments, "-p", parent]).Trim();
            In("update-ref", $"refs/heads/{branch}", commit);
            return commit;
        }
        finally
        {
            File.Delete(index);
        }
    }

    public void Hook(string name, string script)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "hooks"));
        var file = System.IO.Path.Combine(Path, "hooks", name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    /// <summary>What a crash of the machine leaves of files that were not synced.</summary>
    public static void EmptyObjects(string repository)
    {
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(repository, "objects"), "*", SearchOption.AllDirectories))
        {
            File.Delete(file);
            File.WriteAllText(file, "");
        }
    }

    public string In(params string[] arguments) => Git(["-C", Path, .. arguments]);

    /// <summary>With what is said beside the answer.</summary>
    public string InWithError(params string[] arguments)
    {
        var (code, output, error) = Run(["-C", Path, .. arguments], null);
        return code == 0 ? output + error : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }

    public string Try(params string[] arguments) => Run(["-C", Path, .. arguments], null).Output;

    public static string Git(params string[] arguments)
    {
        var (code, output, error) = Run(arguments, null);
        return code == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }

    private string WithIndex(string index, params string[] arguments)
    {
        var (code, output, error) = Run(["-C", Path, .. arguments], index);
        return code == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }

    private static (int Code, string Output, string Error) Run(string[] arguments, string? index)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("safe.directory=*");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (index is not null) start.Environment["GIT_INDEX_FILE"] = index;
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
