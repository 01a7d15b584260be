using System.Text;

namespace Promises.StateStores;

/// <summary>Moves refs of a repository that nobody else works in meanwhile.</summary>
/// <param name="sync">Which files are to survive a power cut: the values of git's <c>core.fsync</c>.</param>
internal sealed class RefWriter(Repository repository, GitProcess git, string sync)
{
    public async Task WriteAsync(IReadOnlyDictionary<string, string> refs, CancellationToken cancellationToken)
    {
        if (refs.Count == 0 || (sync == "none" && TryReplace(refs))) return;
        var lines = Encoding.ASCII.GetBytes(string.Concat(refs.Select(one => $"update {one.Key} {one.Value}\n")));
        var command = new GitCommand("Cannot name the commit", ["update-ref", "--stdin"])
        {
            Repository = repository.Directory,
            Settings = GitSync.Settings(sync),
            Input = (stream, token) => stream.WriteAsync(lines, token).AsTask(),
        };
        (await git.RunAsync(command, cancellationToken)).OrThrow();
    }

    /// <summary>
    /// Where each ref lies in a file of its own already, git would put another in its place and do nothing more: the name is taken, so no other
    /// can be in its way, and what was packed of it does not count. Everything else is left to git.
    /// </summary>
    private bool TryReplace(IReadOnlyDictionary<string, string> refs)
    {
        var files = refs.Select(one => (Path: Path.Combine(repository.Directory, one.Key), Text: one.Value + "\n")).ToList();
        if (!files.All(file => IsPlain(file.Path))) return false;
        foreach (var (path, text) in files)
        {
            // Git's own name, so that what a crash leaves is known for that and removed.
            File.WriteAllText(path + ".lock", text);
            File.Move(path + ".lock", path, overwrite: true);
        }

        return true;
    }

    private static bool IsPlain(string file) => File.Exists(file) && File.ReadAllText(file) is [.. var id, '\n'] && RefNames.IsCommit(id);
}
