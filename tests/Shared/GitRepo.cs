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

    public string[] Branches() => In("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Path to mode and id of everything on a branch.</summary>
    public Dictionary<string, string> Entries(string branch = "main") => Head(branch) is null
        ? []
        : In("ls-tree", "-r", "-z", branch).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[1], parts => parts[0], StringComparer.Ordinal);

    public string Show(string path, string branch = "main") => In("show", $"{branch}:{path}");

    public string Message(string revision = "main") => In("log", "-1", "--format=%B", revision);

    /// <summary>A commit by somebody else. A null content deletes the file.</summary>
    public string Commit(string branch, string message, params (string Path, string? Content)[] files) => Commit(branch, message, index =>
    {
        foreach (var (path, content) in files)
        {
            if (content is null) WithIndex(index, "rm", "--cached", "-q", "--", path);
            else WithIndex(index, "update-index", "--add", "--cacheinfo", $"100644,{Blob(content)},{path}");
        }
    });

    /// <summary>A commit by somebody else that puts something in place of a file or of a whole directory.</summary>
    /// <param name="mode">100644 and 100755 a file, 120000 a symbolic link, 160000 a submodule.</param>
    /// <param name="content">Of the file, or where the link leads; of no matter for a submodule.</param>
    public string Replace(string branch, string path, string mode, string content = "../elsewhere") => Commit(branch, $"{path} is another thing now", index =>
    {
        WithIndex(index, "rm", "-r", "--cached", "-q", "--ignore-unmatch", "--", path);
        WithIndex(index, "update-index", "--add", "--cacheinfo", $"{mode},{(mode == "160000" ? Head(branch) : Blob(content))},{path}");
    });

    /// <summary>A push by somebody else, as it is without force: only onto the commit that they have seen.</summary>
    /// <param name="files">Mode, as for <see cref="Replace"/>, and content of what is put in place of a file or a directory; a null content deletes.</param>
    /// <returns>The commit; null if the branch was elsewhere by then.</returns>
    public string? Push(string branch, string? on, string message, params IEnumerable<(string Path, string Mode, string? Content)> files)
    {
        var commit = Build(on, message, index =>
        {
            foreach (var (path, mode, content) in files)
            {
                WithIndex(index, "rm", "-r", "--cached", "-q", "--ignore-unmatch", "--", path);
                if (content is not null) WithIndex(index, "update-index", "--add", "--cacheinfo", $"{mode},{(mode == "160000" && on is not null ? on : Blob(content))},{path}");
            }
        });
        return Run(["-C", Path, "update-ref", $"refs/heads/{branch}", commit, on ?? new string('0', 40)], null).Code == 0 ? commit : null;
    }

    private string Blob(string content)
    {
        var temporary = System.IO.Path.GetTempFileName();
        File.WriteAllText(temporary, content);
        var blob = In("hash-object", "-w", temporary).Trim();
        File.Delete(temporary);
        return blob;
    }

    private string Commit(string branch, string message, Action<string> change)
    {
        var commit = Build(Head(branch), message, change);
        In("update-ref", $"refs/heads/{branch}", commit);
        return commit;
    }

    private string Build(string? parent, string message, Action<string> change)
    {
        var index = System.IO.Path.Combine(Path, $"index-{Guid.NewGuid():N}");
        try
        {
            if (parent is not null) WithIndex(index, "read-tree", parent);
            change(index);
            var tree = WithIndex(index, "write-tree").Trim();
            string[] arguments = ["-c", "user.name=Somebody", "-c", "user.email=s@example.com", "commit-tree", tree, "-m", message];
            return In(parent is null ? arguments : [.. arguments, "-p", parent]).Trim();
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
