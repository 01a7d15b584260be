using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>What is to be done about the proposal of one environment.</summary>
/// <param name="Record">With the commit that was built; without one, nothing of it waits.</param>
/// <param name="Phase">That it is in afterwards; null if there is none, and none is needed.</param>
/// <param name="Head">What is on the branch afterwards.</param>
/// <param name="Move">Null if the branch stays as it is.</param>
/// <param name="IsForeign">The branch has a commit of somebody else, which is not overwritten.</param>
internal sealed record ProposalStep(BranchWork Branch, BranchRecord Record, ProposalPhase? Phase, string? Head, BranchMove? Move = null, bool IsForeign = false)
{
    /// <summary>Nothing waits, and nothing that waited before can be merged any more.</summary>
    public bool IsResting => Record.Commit is null && (Phase is null or ProposalPhase.Closed);

    public static async Task<ProposalStep> DecideAsync(
        IStateStore store, StoreWork work, BranchWork branch, BranchRecord record, BranchView view, CancellationToken cancellationToken)
    {
        var known = work.Proposals.FirstOrDefault(proposal => proposal.Environment == branch.Environment);
        var isOurs = view.Proposed is null || (known is not null && known.Commits.Contains(view.Proposed));
        var isMerged = view.Proposed is not null && view.Tip is not null && await store.IsAncestorAsync(view.Proposed, view.Tip, cancellationToken);
        if (record.Commit is null)
        {
            return known is null ? new ProposalStep(branch, record, null, null)
                : known.Phase is ProposalPhase.Open or ProposalPhase.Pushing && isOurs && !isMerged && await TakeBackAsync(store, known, view, cancellationToken) is { } back
                    ? new ProposalStep(branch, record, ProposalPhase.Closing, back.Commit, back)
                : new ProposalStep(branch, record, ProposalPhase.Closed, known.Head);
        }

        if (!isOurs && !isMerged) return new ProposalStep(branch, record, null, null, IsForeign: true);
        if (known is not null && view.Proposed == known.Head && known.Base == record.Base && (await store.DiffAsync(known.Head, record.Commit, cancellationToken)).Count == 0)
            return new ProposalStep(branch, record, ProposalPhase.Open, known.Head);
        return new ProposalStep(branch, record, ProposalPhase.Open, record.Commit, new BranchMove(branch.Name, record.Base, record.Commit) { Expected = view.Proposed });
    }

    /// <summary>What nobody wants any more must not be merged: the branch is put where there is nothing to merge. One that was merged is left alone.</summary>
    private static async Task<BranchMove?> TakeBackAsync(IStateStore store, Proposal known, BranchView view, CancellationToken cancellationToken)
    {
        if (view.Proposed is null || view.Tip is null) return null;
        if (known.Base is not null && await store.IsAncestorAsync(known.Base, view.Proposed, cancellationToken))
        {
            var changes = await store.DiffAsync(known.Base, view.Proposed, cancellationToken);
            if (changes.All(change => view.All!.GetValueOrDefault(change.Path) == change.After)) return null;
        }

        return new BranchMove(known.Branch, view.Tip, view.Tip) { Expected = view.Proposed };
    }
}
