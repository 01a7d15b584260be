using System.Text;

namespace Promises.StateStores;

/// <summary>One commit while it is built.</summary>
/// <param name="tree">Of the base; null where there is none.</param>
internal sealed class CommitDraft(CommitSpec spec, string? tree)
{
    private readonly string[][] _paths = [.. spec.Changes.Select(change => Bytes(change.Path).Split('/'))];

    public TreeDraft Root { get; } = new(tree);

    public IReadOnlyList<string[]> Paths => _paths;

    /// <param name="blob">Makes the object of a file.</param>
    /// <returns>Null where the files are those of the base.</returns>
    public BuiltCommit? Build(Func<byte[], GitObject> blob)
    {
        // By id, as files and directories may be alike. Whether the repository has them does not matter: whoever has no more than the base lacks them.
        var objects = new Dictionary<string, GitObject>(StringComparer.Ordinal);
        // Deletions first: what was a directory may become a file.
        for (var i = 0; i < _paths.Length; i++)
        {
            if (spec.Changes[i].Content is null) Root.Remove(_paths[i]);
        }

        for (var i = 0; i < _paths.Length; i++)
        {
            if (spec.Changes[i].Content is not { } content) continue;
            var file = blob(content);
            if (Root.Put(_paths[i], Convert.FromHexString(file.Id))) objects.TryAdd(file.Id, file);
        }

        var root = Root.Finish(made => objects.TryAdd(made.Id, made));
        if (root == tree) return null;
        var commit = CommitText.Write(spec, root);
        objects.Add(commit.Id, commit);
        return new BuiltCommit(commit.Id, [.. objects.Values]);
    }

    /// <summary>A character for each byte.</summary>
    public static string Bytes(string path) => Ascii.IsValid(path) ? path : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path));
}
