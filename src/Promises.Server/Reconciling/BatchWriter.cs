using Promises.Model;
using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Writes one batch: a commit for each branch that is to change, all built in one go, one intent, one push, one record.</summary>
internal sealed partial class BatchWriter(
    DeliveryRecorder recorder, StorePushes pushes, Settlement settlement, Proposals proposals, SeenBranches seen, DeliveryTelemetry telemetry, Failpoints failpoints,
    TimeProvider time, ILogger<BatchWriter> log)
{
    /// <returns>The branches that are still to be written, with the reason; the others are recorded.</returns>
    /// <exception cref="StoreSyncException">It is to be tried again later.</exception>
    public async Task<IReadOnlyDictionary<string, PushResult>> WriteAsync(
        IStateStore store, StoreWork work, IReadOnlyDictionary<string, BranchView> views, StoreLease lease, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var plan = await failpoints.AroundAsync("tree", () => PlanAsync(store, work, views, cancellationToken));
        telemetry.Stage("render", started);
        if (plan.Branches.Sum(branch => branch.Record.Repaired.Count) is > 0 and var repaired && !work.Store.IsByProposal) LogRepaired(work.Store.Name, repaired);

        started = time.GetTimestamp();
        var record = plan.Record(work, await CommitAsync(store, work, plan, lease, cancellationToken));
        if (work.Store.IsByProposal) return await proposals.ProposeAsync(store, work, plan, record, views, lease, cancellationToken);

        var left = await PushAsync(store, work, record, lease, started, cancellationToken);
        // What was merged of them, if anything, is recorded now.
        if (left.Count == 0 && ProposalLook.Concerns(work)) await recorder.CloseProposalsAsync(lease, cancellationToken);
        return left;
    }

    private async Task<IReadOnlyDictionary<string, PushResult>> PushAsync(
        IStateStore store, StoreWork work, DeliveryRecord record, StoreLease lease, long started, CancellationToken cancellationToken)
    {
        var moves = record.Moves();
        if (moves.Count == 0)
        {
            await RecordAsync(record, null, lease, cancellationToken);
            return new Dictionary<string, PushResult>();
        }

        telemetry.Committed(work.Store.Name, record.Branches.Where(branch => branch.Commit is not null).Sum(branch => branch.Clusters.Count), started);
        await failpoints.AroundAsync("intent", () => recorder.IntendAsync(record.Only(branch => branch.Commit is not null), lease, cancellationToken));
        var results = await pushes.PushAsync(store, work.Store.Name, moves, cancellationToken);
        telemetry.Stage("push", started);
        return await ConcludeAsync(store, record, results, lease, cancellationToken);
    }

    /// <summary>Plans every branch. What has to be listed of several is listed in one go.</summary>
    private static async Task<DeliveryPlan> PlanAsync(
        IStateStore store, StoreWork work, IReadOnlyDictionary<string, BranchView> views, CancellationToken cancellationToken)
    {
        var directories = work.Branches.ToDictionary(branch => branch.Name, branch => DeliveryPlanner.ToList(work, branch, View(branch)), StringComparer.Ordinal);
        var commits = work.Branches.Where(branch => directories[branch.Name].Count > 0).Select(branch => DeliveryPlanner.Base(branch, View(branch))!).ToList();
        var listings = commits.Count < 2 ? null : await store.ListAsync(commits, cancellationToken);

        var plans = new List<BranchPlan>();
        foreach (var branch in work.Branches)
        {
            var below = directories[branch.Name];
            var from = DeliveryPlanner.Base(branch, View(branch));
            var listing = below.Count == 0 ? Listing.Empty
                : new Listing((listings?[from!] ?? await store.ListAsync(from!, below.Contains("") ? [] : below, cancellationToken)).ToDictionary(e => e.Path, e => e.Id, StringComparer.Ordinal));
            plans.Add(DeliveryPlanner.Plan(work, branch, View(branch), listing));
        }

        return new DeliveryPlan(plans);

        BranchView? View(BranchWork branch) => views.GetValueOrDefault(branch.Name);
    }

    /// <returns>The commits by branch, of those whose files are not there already.</returns>
    private async Task<IReadOnlyDictionary<string, string>> CommitAsync(
        IStateStore store, StoreWork work, DeliveryPlan plan, StoreLease lease, CancellationToken cancellationToken)
    {
        var author = new GitIdentity(work.Store.AuthorName, work.Store.AuthorEmail);
        var committer = work.Store.CommitterName is null ? author : new GitIdentity(work.Store.CommitterName, work.Store.CommitterEmail!);
        var at = time.GetUtcNow();
        failpoints.Reach("compare", after: false);
        var specs = plan.Branches.Where(branch => branch.Files.Count > 0)
            .Select(branch => new CommitSpec(branch.Branch, branch.Base, branch.Files, CommitMessage.Compose(branch, work.Store.Name, lease.Epoch, work.Version), author, committer, at)).ToList();
        failpoints.Reach("compare", after: true);
        if (specs.Count == 0) return new Dictionary<string, string>();

        var commits = await failpoints.AroundAsync("commit", () => store.CommitAsync(specs, cancellationToken));
        return specs.Zip(commits).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First.Branch, pair => pair.Second!, StringComparer.Ordinal);
    }

    private async Task<IReadOnlyDictionary<string, PushResult>> ConcludeAsync(
        IStateStore store, DeliveryRecord record, Dictionary<string, PushResult> results, StoreLease lease, CancellationToken cancellationToken)
    {
        var unknown = record.Only(branch => Outcome(branch) == PushOutcome.Unknown).Moves();
        if (unknown.Count > 0)
        {
            foreach (var (branch, result) in await settlement.FindOutAsync(store, record.Store, unknown, again: true, cancellationToken)) results[branch] = result;
        }

        // Of an unknown outcome the intent stays, to be settled on the next visit.
        var open = record.Only(branch => Outcome(branch) == PushOutcome.Unknown);
        var landed = record.Only(branch => branch.Commit is null || results[branch.Branch].IsOnBranch);
        if (landed.Branches.Count > 0) await RecordAsync(landed, open, lease, cancellationToken);
        else if (open.Branches.Count == 0) await recorder.ForgetAsync(lease, cancellationToken);

        // What was pushed on top of ours meanwhile, if anything, is seen on the next look.
        if (unknown.Count > 0) seen.Forget(record.Store);
        if (results.Values.FirstOrDefault(result => !result.IsOnBranch && result.Outcome is not (PushOutcome.Stale or PushOutcome.MirrorDamaged)) is { } failed)
            throw StoreSyncException.From(failed);
        return results.Where(result => !result.Value.IsOnBranch).ToDictionary(StringComparer.Ordinal);

        PushOutcome? Outcome(BranchRecord branch) => results.GetValueOrDefault(branch.Branch)?.Outcome;
    }

    private async Task RecordAsync(DeliveryRecord record, DeliveryRecord? open, StoreLease lease, CancellationToken cancellationToken)
    {
        if (!await failpoints.AroundAsync("record", () => recorder.RecordAsync(record, open, lease, cancellationToken))) return;
        foreach (var branch in record.Branches)
        {
            if ((branch.Commit ?? branch.Base) is { } head) seen.Add(record.Store, record.Url, record.Branch, branch.Branch, head);
        }

        var (placements, clusters) = (record.Branches.Sum(branch => branch.Placements.Count), record.Branches.Sum(branch => branch.Clusters.Count));
        if (record.LastCommit() is { } commit) LogWritten(record.Store, commit, placements, clusters);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: commit {Commit} is on the branch with {Placements} placements on {Clusters} clusters")]
    private partial void LogWritten(string store, string commit, int placements, int clusters);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store}: {Files} files of ours were changed by somebody else and are put right")]
    private partial void LogRepaired(string store, int files);
}
