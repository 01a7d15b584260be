namespace Promises.StateStores;

/// <param name="Objects">Those that its base does not have, itself among them; null where git built it and they are not at hand.</param>
internal sealed record BuiltCommit(string Id, IReadOnlyList<GitObject>? Objects)
{
    /// <summary>The same with a signature: another commit in place of this one.</summary>
    public BuiltCommit Signed(GitObject commit) => new(commit.Id, Objects is null ? null : [.. Objects.Where(one => one.Id != Id), commit]);
}
