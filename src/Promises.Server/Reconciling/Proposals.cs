using Promises.Model;
using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>
/// Proposes what is wanted instead of pushing it: for each environment one commit, on a branch of its own, on top of the store's branch. What somebody has merged is
/// recorded as written.
/// </summary>
internal sealed partial class Proposals(
    DeliveryRecorder recorder, StorePushes pushes, Settlement settlement, SeenBranches seen, Failpoints failpoints, ILogger<Proposals> log)
{
    /// <param name="record">Of what was planned, with the commits that were built for it.</param>
    /// <returns>The branches that somebody moved meanwhile: all is to be looked at again.</returns>
    /// <exception cref="StoreSyncException">It is to be tried again later.</exception>
    public async Task<IReadOnlyDictionary<string, PushResult>> ProposeAsync(
        IStateStore store, StoreWork work, DeliveryPlan plan, DeliveryRecord record, IReadOnlyDictionary<string, BranchView> views, StoreLease lease,
        CancellationToken cancellationToken)
    {
        var steps = new List<ProposalStep>();
        foreach (var branch in record.Branches)
        {
            if (work.Branches.First(known => known.Name == branch.Branch) is { Environment: not null } of)
                steps.Add(await ProposalStep.DecideAsync(store, work, of, branch, views[branch.Branch], cancellationToken));
        }

        var moves = steps.Where(step => step.Move is not null).ToList();
        var results = moves.Count == 0 ? [] : await PushAsync(store, work, plan, moves, lease, cancellationToken);

        var failed = results.Values.FirstOrDefault(result => !result.IsOnBranch && result.Outcome is not (PushOutcome.Stale or PushOutcome.MirrorDamaged));
        var foreign = steps.Where(step => step.IsForeign).Select(step => step.Branch.Name).ToList();
        var outcome = ProposalOutcome.Of(work, record, steps, results, failed is not null || foreign.Count > 0);
        if (await failpoints.AroundAsync("record", () => recorder.RecordAsync(outcome, null, [], lease, cancellationToken)) && outcome.LastCommit() is { } tip)
            seen.Add(record.Store, record.Url, record.Branch, record.Branch, tip);

        if (failed is not null) throw StoreSyncException.From(failed);
        var left = results.Where(result => !result.Value.IsOnBranch).ToDictionary(StringComparer.Ordinal);
        if (left.Count == 0 && foreign.Count > 0)
        {
            throw new StoreSyncException(
                "ProposalChanged", $"Somebody else has committed to {string.Join(", ", foreign)}. Merge it or delete the branch; until then nothing new is proposed there.", permanent: true);
        }

        return left;
    }

    /// <summary>
    /// For a store that is pushed to again: what it proposed before is put where there is nothing to merge, as far as that is possible. A branch that others have
    /// committed to, or whose host refuses it, stays as it is.
    /// </summary>
    /// <param name="tip">Of the store's branch; null if there is none.</param>
    /// <returns>The branches of the proposals that are over.</returns>
    public async Task<IReadOnlyList<string>> TakeBackAsync(IStateStore store, StoreWork work, string? tip, CancellationToken cancellationToken)
    {
        var open = work.Proposals.Where(proposal => proposal.Phase != ProposalPhase.Closed).ToList();
        var tips = await store.TipsAsync([.. open.Select(proposal => proposal.Branch)], cancellationToken);
        var moves = new List<BranchMove>();
        foreach (var proposal in open)
        {
            if (tip is not null && tips.TryGetValue(proposal.Branch, out var there) && proposal.Commits.Contains(there) && !await store.IsAncestorAsync(there, tip, cancellationToken))
                moves.Add(new BranchMove(proposal.Branch, tip, tip) { Expected = there });
        }

        var results = moves.Count == 0 ? [] : await pushes.PushAsync(store, work.Store.Name, moves, cancellationToken);
        foreach (var (branch, result) in results.Where(result => !result.Value.IsOnBranch)) LogLeft(work.Store.Name, branch, result.Message);
        return [.. open.Select(proposal => proposal.Branch)];
    }

    private async Task<Dictionary<string, PushResult>> PushAsync(
        IStateStore store, StoreWork work, DeliveryPlan plan, List<ProposalStep> steps, StoreLease lease, CancellationToken cancellationToken)
    {
        await failpoints.AroundAsync("intent", () => recorder.NoteAsync(work, steps, plan.Branches, lease, cancellationToken));
        var moves = steps.ConvertAll(step => step.Move!);
        var results = await pushes.PushAsync(store, work.Store.Name, moves, cancellationToken);
        await settlement.ConfirmAsync(store, work.Store.Name, moves, results, cancellationToken);
        foreach (var step in steps.Where(step => results[step.Move!.Branch].IsOnBranch)) LogProposed(work.Store.Name, step.Move!.Commit, step.Move.Branch, step.Record.Clusters.Count);
        return results;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: commit {Commit} is proposed on {Branch}; {Clusters} clusters")]
    private partial void LogProposed(string store, string commit, string branch, int clusters);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store} is pushed to by now, and its old proposal on {Branch} could not be taken back. Close its pull request: {Explanation}")]
    private partial void LogLeft(string store, string branch, string explanation);
}
