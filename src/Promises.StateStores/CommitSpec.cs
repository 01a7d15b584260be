using Promises.Model;

namespace Promises.StateStores;

/// <summary>A file to write; to delete where <paramref name="Content"/> is null.</summary>
public sealed record FileChange(string Path, byte[]? Content);

/// <summary>A commit to be built. Equal input makes the same commit id.</summary>
/// <param name="Branch">That it is made for.</param>
/// <param name="Base">The parent, and what the branch must still point at when it is published; null for a branch that does not exist yet.</param>
public sealed record CommitSpec(
    string Branch, string? Base, IReadOnlyList<FileChange> Changes, string Message, GitIdentity Author, GitIdentity Committer, DateTimeOffset At)
{
    /// <summary>Throws where git would not take it, or would take it for something else.</summary>
    internal void Require()
    {
        TreePaths.Require(Changes);
        RefNames.RequireBranch(Branch);
        if (Base is not null) RefNames.RequireCommit(Base);
    }
}

/// <summary>A branch to be moved to a commit, if it still is where it is expected: where the commit begins, unless said otherwise.</summary>
/// <param name="Base">Null for a commit without a parent.</param>
public sealed record BranchMove(string Branch, string? Base, string Commit)
{
    /// <summary>Where the branch must be; null for one that does not exist yet.</summary>
    public string? Expected { get; init; } = Base;

    /// <summary>What is there is not built upon but given up, as only a proposal of ours may be.</summary>
    public bool Replaces => Expected is not null && Expected != Base;
}

/// <param name="Id">Blob id of an ordinary file. Of anything else (executable, link, submodule) the mode stands before it, so that it equals no file of ours.</param>
public sealed record TreeEntry(string Path, string Id);

/// <summary>How one path differs between two commits; null where there is nothing.</summary>
public sealed record TreeChange(string Path, string? Before, string? After);

/// <summary>A commit that is there.</summary>
/// <param name="Message">Subject and body as they were written, trailers included.</param>
public sealed record CommitEntry(string Id, string Message, IReadOnlyList<TreeChange> Changes);
