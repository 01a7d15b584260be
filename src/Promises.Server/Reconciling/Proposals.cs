using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>
/// Proposes what is wanted instead of pushing it: for each environment one commit, on a branch of its own, on top of the store's branch. What somebody has merged is
/// recorded as written.
/// </summary>
internal sealed partial class Proposals(DeliveryRecorder recorder, StorePushes pushes, Failpoints failpoints, ILogger<Proposals> log)
{
    /// <param name="record">Of what was planned, with the commits that were built for it.</param>
    /// <returns>The branches that somebody moved meanwhile: all is to be looked at again.</returns>
    /// <exception cref="StoreSyncException">It is to be tried again later.</exception>
    public async Task<IReadOnlyDictionary<string, PushResult>> ProposeAsync(
        IStateStore store, StoreWork work, DeliveryPlan plan, DeliveryRecord record, IReadOnlyDictionary<string, BranchView> views, StoreLease lease,
        CancellationToken cancellationToken)
    {
        var steps = new List<ProposalStep>();
        foreach (var branch in record.Branches.Where(branch => work.Branches.Any(known => known.Name == branch.Branch && known.Environment is not null)))
        {
            var of = work.Branches.First(known => known.Name == branch.Branch);
            steps.Add(await ProposalStep.DecideAsync(store, work, of, branch, views[branch.Branch], cancellationToken));
        }

        var moves = steps.Where(step => step.Move is not null).ToList();
        if (moves.Count > 0) await failpoints.AroundAsync("intent", () => recorder.NoteAsync(work, moves, plan.Branches, lease, cancellationToken));
        var results = moves.Count == 0 ? [] : await pushes.PushAsync(store, work.Store.Name, [.. moves.Select(step => step.Move!)], cancellationToken);
        foreach (var step in moves.Where(step => results[step.Move!.Branch].IsOnBranch)) LogProposed(work.Store.Name, step.Move!.Commit, step.Move.Branch, step.Record.Clusters.Count);

        var failed = results.Values.FirstOrDefault(result => !result.IsOnBranch && result.Outcome is not (PushOutcome.Stale or PushOutcome.MirrorDamaged));
        var foreign = steps.Where(step => step.IsForeign).Select(step => step.Branch.Name).ToList();
        var outcome = ProposalOutcome.Of(work, record, steps, results, failed is not null || foreign.Count > 0);
        await failpoints.AroundAsync("record", () => recorder.RecordAsync(outcome, null, [], lease, cancellationToken));

        if (failed is not null) throw StoreSyncException.From(failed);
        var left = results.Where(result => !result.Value.IsOnBranch).ToDictionary(StringComparer.Ordinal);
        if (left.Count == 0 && foreign.Count > 0)
        {
            throw new StoreSyncException(
                "ProposalChanged", $"Somebody else has committed to {string.Join(", ", foreign)}. Merge it or delete the branch; until then nothing new is proposed there.", permanent: true);
        }

        return left;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: commit {Commit} is proposed on {Branch}; {Clusters} clusters")]
    private partial void LogProposed(string store, string commit, string branch, int clusters);
}
