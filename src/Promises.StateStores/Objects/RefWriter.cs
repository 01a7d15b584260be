using System.Text;

namespace Promises.StateStores;

/// <summary>Moves refs of a repository that nobody else works in meanwhile.</summary>
/// <param name="sync">Which files are to survive a power cut: the values of git's <c>core.fsync</c>.</param>
internal sealed class RefWriter(Repository repository, GitProcess git, string sync)
{
    public async Task WriteAsync(IReadOnlyDictionary<string, string> refs, CancellationToken cancellationToken)
    {
        if (refs.Count == 0 || TryReplace(refs)) return;
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
    /// Where each ref lies in a file of its own already, another id in it is all that git would come to: the name is taken, so no other can be in
    /// its way, and what was packed of it does not count. A power cut may bring the old one back, which names an object as well. Everything else is left to git.
    /// </summary>
    private bool TryReplace(IReadOnlyDictionary<string, string> refs)
    {
        var files = refs.Select(one => (Path: Path.Combine(repository.Directory, one.Key), one.Value)).ToList();
        if (!files.All(file => IsPlain(file.Path))) return false;
        foreach (var (path, id) in files)
        {
            // As many bytes as there were and in one write, so it is never half of it, nor empty after a crash as a new file may be.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(id), 0);
        }

        return true;
    }

    private static bool IsPlain(string file) => File.Exists(file) && File.ReadAllText(file) is [.. var id, '\n'] && RefNames.IsCommit(id);
}
