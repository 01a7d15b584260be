using System.Text;

namespace Promises.StateStores;

/// <summary>A push as <c>git-receive-pack</c> reads it (gitprotocol-pack): a command for each branch, then one pack.</summary>
internal static class PushRequest
{
    /// <summary>Bytes of objects that are pushed like this. The request is held in memory, next to the objects.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    /// <summary>Of a branch that is not there.</summary>
    private const string Nothing = "0000000000000000000000000000000000000000";

    /// <summary>What each command expects on its branch is the compare-and-swap: the host refuses the command where anything else is.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<BranchMove> moves, IReadOnlyList<GitObject> objects, PushCapabilities capabilities)
    {
        var request = new MemoryStream();
        for (var i = 0; i < moves.Count; i++)
        {
            var (move, wanted) = (moves[i], i == 0 ? $"\0 {capabilities.Wanted}" : "");
            var (from, to) = (RefNames.RequireCommit(move.Expected ?? Nothing), RefNames.RequireCommit(move.Commit));
            PktLine.Write(request, $"{from} {to} {RefNames.Branch(RefNames.RequireBranch(move.Branch))}{wanted}");
        }

        PktLine.Flush(request);
        PackWriter.Write(objects, request);
        return request.GetBuffer().AsMemory(0, (int)request.Length);
    }

    /// <summary>
    /// Whether each commit is there and begins where it is said to. With a commit that does not build on what is expected, the compare-and-swap would give up
    /// the history of the branch: git tells afterwards, nobody would here.
    /// </summary>
    public static bool IsSound(IReadOnlyList<BranchMove> moves, IReadOnlyList<GitObject> objects)
    {
        var commits = objects.Where(one => one.Type == GitObjectType.Commit).ToLookup(one => one.Id, StringComparer.Ordinal);
        return moves.All(move => commits[move.Commit].Any(commit => BeginsAt(commit.Content.Span, move.Base)));
    }

    private static bool BeginsAt(ReadOnlySpan<byte> commit, string? parent)
    {
        // After the line of the tree, which is always as long.
        const int tree = 46;
        if (commit.Length < tree) return false;
        var expected = parent is null ? "author " : $"parent {parent}\nauthor ";
        return commit[tree..].StartsWith(Encoding.ASCII.GetBytes(expected));
    }
}
