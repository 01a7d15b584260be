using System.Text;
using Promises.Model;

namespace Promises.StateStores;

/// <summary>
/// Moves branches of a repository that agents pull from, each from where it is expected: by git, or as git does it and by git where that is not plain.
/// </summary>
internal sealed class RefMover(Repository repository, GitWriter writer)
{
    private const string Zero = "0000000000000000000000000000000000000000";

    private readonly LooseObjects _loose = new(repository.Directory);

    public async Task<PushResult> MoveAsync(BranchMove move, CancellationToken cancellationToken)
    {
        var reference = RefNames.Branch(RefNames.RequireBranch(move.Branch));
        if (writer == GitWriter.Direct && TryMove(move, reference)) return new PushResult(PushOutcome.Acknowledged, "");
        var result = await repository.RunAsync("Cannot move the branch",
            ["update-ref", reference, RefNames.RequireCommit(move.Commit), move.Expected is null ? Zero : RefNames.RequireCommit(move.Expected)], cancellationToken);
        if (result.Succeeded) return new PushResult(PushOutcome.Acknowledged, "");
        if (result.TimedOut) return new PushResult(PushOutcome.Unknown, result.Message) { IsInDoubt = true };

        var tip = await repository.ResolveAsync(reference, cancellationToken);
        return tip == move.Commit ? new PushResult(PushOutcome.AlreadyThere, "")
            : tip != move.Expected ? new PushResult(PushOutcome.Stale, result.Message)
            : new PushResult(RemoteFaults.Of(result) == StoreFault.DiskFull || DiskSpace.Of(repository.Directory).IsFull ? PushOutcome.DiskFull : PushOutcome.Failed, result.Message);
    }

    /// <summary>
    /// Git's own way for a ref in a file of its own: whoever makes the file beside it may move it, and the new one takes its place when it is on the disk. Nobody
    /// is kept waiting: in any other case, and where it fails, git is asked, and tells what is the matter.
    /// </summary>
    private bool TryMove(BranchMove move, string reference)
    {
        if (move.Expected is null || !_loose.Has(RefNames.RequireCommit(move.Commit))) return false;
        var path = Path.Combine(repository.Directory, reference);
        var beside = path + ".lock";
        var isOurs = false;
        try
        {
            using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 }))
            {
                isOurs = true;
                // A link would name another ref.
                if (new FileInfo(path) is not { Exists: true, LinkTarget: null } || File.ReadAllText(path) != RefNames.RequireCommit(move.Expected) + "\n") return false;
                file.Write(Encoding.ASCII.GetBytes(move.Commit + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
            isOurs = false;
            return true;
        }
        catch (IOException failure)
        {
            // Somebody has the lock, there is no such directory yet, or the disk is full.
            GitFallbacks.Count("ref", failure.Message);
            return false;
        }
        finally
        {
            if (isOurs) File.Delete(beside);
        }
    }
}
