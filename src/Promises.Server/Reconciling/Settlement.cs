using System.Text.Json;
using Promises.Model;
using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Finds out what became of pushes whose end nobody saw: the process crashed, or the answer was lost.</summary>
internal sealed partial class Settlement(DeliveryRecorder recorder, StorePushes pushes, Failpoints failpoints, ILogger<Settlement> log)
{
    /// <summary>Settles what an earlier visit was about to do.</summary>
    /// <param name="again">Whether to push again what did not arrive; not where the store is not pushed to any more.</param>
    /// <exception cref="StoreSyncException">Nobody can tell yet.</exception>
    public async Task SettleAsync(IStateStore store, StoreDelivery delivery, bool again, StoreLease lease, CancellationToken cancellationToken)
    {
        var record = JsonSerializer.Deserialize<DeliveryRecord>(delivery.Intent!)!;
        var moves = record.Moves();
        var results = moves.ToDictionary(move => move.Branch, _ => new PushResult(PushOutcome.Unknown, "") { IsInDoubt = true }, StringComparer.Ordinal);
        if (again) await ConfirmAsync(store, record.Store, moves, results, cancellationToken);
        else foreach (var move in await AskAsync(store, moves, results, cancellationToken)) results[move.Branch] = new PushResult(PushOutcome.Stale, "");
        var last = record.LastCommit()!;
        foreach (var (outcome, count) in results.Values.CountBy(result => result.Outcome)) LogSettled(record.Store, last, count, outcome);

        var landed = record.Only(branch => results[branch.Branch].IsOnBranch);
        var open = record.Only(branch => results[branch.Branch].Outcome == PushOutcome.Unknown);
        if (landed.Branches.Count > 0) await failpoints.AroundAsync("record", () => recorder.RecordAsync(landed, open, [], lease, cancellationToken));
        else if (open.Branches.Count == 0) await recorder.ForgetAsync(lease, cancellationToken);
        if (open.Branches.Count > 0) throw StoreSyncException.From(results[open.Branches[0].Branch]);
    }

    /// <summary>
    /// Asks the remote about what is in doubt, and corrects it in the results. Where a branch still stands where a push began of which nothing is known,
    /// the same commit is pushed once more: the first may have been on its way all the time.
    /// </summary>
    /// <exception cref="StateStoreException">It does not say; the results are as much in doubt as before.</exception>
    public async Task ConfirmAsync(
        IStateStore store, string name, IReadOnlyList<BranchMove> moves, Dictionary<string, PushResult> results, CancellationToken cancellationToken)
    {
        var again = await AskAsync(store, moves, results, cancellationToken);
        if (again.Count == 0) return;
        foreach (var (branch, result) in await pushes.PushAsync(store, name, again, cancellationToken))
        {
            // Where our copy is gone, so is the commit, and nobody is left to push it.
            results[branch] = result.Outcome is PushOutcome.Failed ? new PushResult(PushOutcome.MirrorDamaged, result.Message) : result;
        }

        await AskAsync(store, again, results, cancellationToken);
    }

    /// <returns>Those of which nothing is known still.</returns>
    private static async Task<IReadOnlyList<BranchMove>> AskAsync(
        IStateStore store, IReadOnlyList<BranchMove> moves, Dictionary<string, PushResult> results, CancellationToken cancellationToken)
    {
        var doubtful = moves.Where(move => results[move.Branch].IsInDoubt).ToList();
        if (doubtful.Count == 0) return [];
        var unknown = new List<BranchMove>();
        var tips = await store.TipsAsync([.. doubtful.Select(move => move.Branch)], cancellationToken);
        foreach (var move in doubtful)
        {
            var tip = tips.GetValueOrDefault(move.Branch);
            if (tip is not null && (tip == move.Commit || (!move.Replaces && await store.IsAncestorAsync(move.Commit, tip, cancellationToken))))
                results[move.Branch] = new PushResult(PushOutcome.AlreadyThere, "");
            else if (tip != move.Expected) results[move.Branch] = new PushResult(PushOutcome.Stale, results[move.Branch].Message);
            else if (results[move.Branch].Outcome == PushOutcome.Unknown) unknown.Add(move);
        }

        return unknown;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: the push of {Commit}, whose end was not seen, is settled on {Branches} branches as {Outcome}")]
    private partial void LogSettled(string store, string commit, int branches, PushOutcome outcome);
}
