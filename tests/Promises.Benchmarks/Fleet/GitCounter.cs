namespace Promises.Benchmarks.Fleet;

/// <summary>A program named git that notes each start and becomes the real one: short-lived processes cannot be missed.</summary>
internal sealed class GitCounter
{
    private readonly string _notes;
    private readonly string _directory;

    public GitCounter(string directory)
    {
        (_directory, _notes) = (directory, Path.Combine(directory, "notes"));
        Directory.CreateDirectory(directory);
        File.WriteAllText(_notes, "");
        var real = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(path => Path.Combine(path, "git")).First(File.Exists);
        var program = Path.Combine(directory, "git");
        File.WriteAllText(program, $"#!/bin/sh\necho >> {_notes}\nexec {real} \"$@\"\n");
        File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute);
    }

    public string SearchPath => $"{_directory}:{Environment.GetEnvironmentVariable("PATH")}";

    public long Count => new FileInfo(_notes).Length;
}
