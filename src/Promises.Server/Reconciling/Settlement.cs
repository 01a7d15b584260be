using System.Text.Json;
using Promises.Model;
using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Finds out what became of pushes whose end nobody saw: the process crashed, or the answer was lost.</summary>
internal sealed partial class Settlement(DeliveryRecorder recorder, StorePushes pushes, Failpoints failpoints, ILogger<Settlement> log)
{
    /// <summary>Settles what an earlier visit was about to do.</summary>
    /// <param name="again">Whether to push again what did not arrive.</param>
    /// <exception cref="StoreSyncException">Nobody can tell yet.</exception>
    public async Task SettleAsync(IStateStore store, StoreDelivery delivery, bool again, StoreLease lease, CancellationToken cancellationToken)
    {
        var record = JsonSerializer.Deserialize<DeliveryRecord>(delivery.Intent!)!;
        var results = await FindOutAsync(store, record.Store, record.Moves(), again, cancellationToken);
        var last = record.LastCommit()!;
        foreach (var (outcome, count) in results.Values.CountBy(result => result.Outcome)) LogSettled(record.Store, last, count, outcome);

        var landed = record.Only(branch => results[branch.Branch].IsOnBranch);
        var open = record.Only(branch => results[branch.Branch].Outcome == PushOutcome.Unknown);
        if (landed.Branches.Count > 0) await failpoints.AroundAsync("record", () => recorder.RecordAsync(landed, open, [], lease, cancellationToken));
        else if (open.Branches.Count == 0) await recorder.ForgetAsync(lease, cancellationToken);
        if (open.Branches.Count > 0) throw StoreSyncException.From(results[open.Branches[0].Branch]);
    }

    /// <summary>Asks the remote. While a branch stands where our commit begins, the same commit is pushed again: it may have been on its way all the time.</summary>
    public async Task<Dictionary<string, PushResult>> FindOutAsync(
        IStateStore store, string name, IReadOnlyList<BranchMove> moves, bool again, CancellationToken cancellationToken)
    {
        var results = new Dictionary<string, PushResult>(StringComparer.Ordinal);
        var absent = new List<BranchMove>();
        var tips = await store.TipsAsync([.. moves.Select(move => move.Branch)], cancellationToken);
        foreach (var move in moves)
        {
            var tip = tips.GetValueOrDefault(move.Branch);
            if (tip is not null && (tip == move.Commit || await store.IsAncestorAsync(move.Commit, tip, cancellationToken)))
                results.Add(move.Branch, new PushResult(PushOutcome.AlreadyThere, ""));
            else if (tip != move.Base || !again) results.Add(move.Branch, new PushResult(PushOutcome.Stale, ""));
            else absent.Add(move);
        }

        if (absent.Count == 0) return results;
        foreach (var (branch, result) in await pushes.PushAsync(store, name, absent, cancellationToken))
        {
            // Where our copy is gone, so is the commit, and nobody is left to push it.
            results.Add(branch, result.Outcome is PushOutcome.Failed ? new PushResult(PushOutcome.MirrorDamaged, result.Message) : result);
        }

        return results;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: the push of {Commit}, whose end was not seen, is settled on {Branches} branches as {Outcome}")]
    private partial void LogSettled(string store, string commit, int branches, PushOutcome outcome);
}
