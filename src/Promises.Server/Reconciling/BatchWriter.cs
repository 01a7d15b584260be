using Promises.Model;
using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Writes one batch: a commit for each branch that is to change, all built in one go, one intent, one push, one record.</summary>
internal sealed partial class BatchWriter(
    DeliveryRecorder recorder, Brake brake, StorePushes pushes, Settlement settlement, Proposals proposals, SeenBranches seen, DeliveryTelemetry telemetry, Failpoints failpoints,
    TimeProvider time, Random random, ILogger<BatchWriter> log)
{
    /// <returns>The branches that are still to be written, with the reason; the others are recorded.</returns>
    /// <exception cref="StoreSyncException">It is to be tried again later.</exception>
    public async Task<IReadOnlyDictionary<string, PushResult>> WriteAsync(
        IStateStore store, StoreWork work, IReadOnlyDictionary<string, BranchView> views, StoreLease lease, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        views = await Restoration.LookAsync(store, work, views, cancellationToken);
        var plan = await failpoints.AroundAsync("tree", () => PlanAsync(store, work, views, cancellationToken));
        telemetry.Stage("render", started);
        plan = await brake.PassAsync(work, plan, Restoration.Of(views), lease, cancellationToken);

        started = time.GetTimestamp();
        var record = plan.Record(work, await CommitAsync(store, work, plan, lease, cancellationToken));
        if (work.Store.IsByProposal) return await proposals.ProposeAsync(store, work, plan, record, views, lease, cancellationToken);

        if (ProposalLook.Concerns(work)) record = record with { EndedProposals = await proposals.TakeBackAsync(store, work, views[work.Store.Branch].Tip, cancellationToken) };
        return await PushAsync(store, work, record, lease, started, cancellationToken);
    }

    private async Task<IReadOnlyDictionary<string, PushResult>> PushAsync(
        IStateStore store, StoreWork work, DeliveryRecord record, StoreLease lease, long started, CancellationToken cancellationToken)
    {
        var moves = record.Moves();
        if (moves.Count == 0)
        {
            await RecordAsync(record, null, [], lease, cancellationToken);
            return new Dictionary<string, PushResult>();
        }

        telemetry.Committed(work.Store.Name, record.Branches.Where(branch => branch.Commit is not null).Sum(branch => branch.Clusters.Count), started);
        await failpoints.AroundAsync("intent", () => recorder.IntendAsync(record.Only(branch => branch.Commit is not null), lease, cancellationToken));
        var results = await pushes.PushAsync(store, work.Store.Name, moves, cancellationToken);
        telemetry.Stage("push", started);
        return await ConcludeAsync(store, work, record, results, lease, cancellationToken);
    }

    /// <summary>Puts branches aside that cannot be written now, so that they do not hold back the other branches of the store.</summary>
    public async Task PutAsideAsync(StoreWork work, IReadOnlyDictionary<string, PushResult> refused, StoreLease lease, CancellationToken cancellationToken) =>
        await RecordAsync(new DeliveryPlan([]).Record(work, new Dictionary<string, string>()), null, Refusals(work, refused), lease, cancellationToken);

    /// <summary>Plans every branch. What has to be listed of several is listed in one go.</summary>
    private static async Task<DeliveryPlan> PlanAsync(
        IStateStore store, StoreWork work, IReadOnlyDictionary<string, BranchView> views, CancellationToken cancellationToken)
    {
        var planners = work.Branches.Select(branch => new DeliveryPlanner(work, branch, views.GetValueOrDefault(branch.Name))).Select(planner => (Planner: planner, Below: planner.ToList())).ToList();
        var commits = planners.Where(branch => branch.Below.Count > 0).Select(branch => branch.Planner.Base!).ToList();
        var listings = commits.Count < 2 ? null : await store.ListAsync(commits, cancellationToken);

        var plans = new List<BranchPlan>();
        foreach (var (planner, below) in planners)
        {
            var listing = below.Count == 0 ? Listing.Empty
                : new Listing((listings?[planner.Base!] ?? await store.ListAsync(planner.Base!, below.Contains("") ? [] : below, cancellationToken)).ToDictionary(e => e.Path, e => e.Id, StringComparer.Ordinal));
            plans.Add(planner.Plan(listing));
        }

        return new DeliveryPlan(plans);
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
        IStateStore store, StoreWork work, DeliveryRecord record, Dictionary<string, PushResult> results, StoreLease lease, CancellationToken cancellationToken)
    {
        var isDoubtful = results.Values.Any(result => result.IsInDoubt);
        await settlement.ConfirmAsync(store, record.Store, record.Moves(), results, cancellationToken);

        // Of an unknown outcome the intent stays, to be settled on the next visit.
        var open = record.Only(branch => Outcome(branch) == PushOutcome.Unknown);
        var landed = record.Only(branch => branch.Commit is null || results[branch.Branch].IsOnBranch);
        var refused = Refusals(work, results.Where(IsRefused));
        if (landed.Branches.Count + refused.Count > 0) await RecordAsync(landed, open, refused, lease, cancellationToken);
        else if (open.Branches.Count == 0) await recorder.ForgetAsync(lease, cancellationToken);

        // What was pushed on top of ours meanwhile, if anything, is seen on the next look.
        if (isDoubtful) seen.Forget(record.Store);
        var left = results.Where(result => !result.Value.IsOnBranch && !IsRefused(result)).ToDictionary(StringComparer.Ordinal);
        if (left.Values.FirstOrDefault(result => result.Outcome is not (PushOutcome.Stale or PushOutcome.MirrorDamaged)) is { } failed) throw StoreSyncException.From(failed);
        return left;

        // One that has moved is tried again at once.
        bool IsRefused(KeyValuePair<string, PushResult> result) =>
            work.Store.IsBranchPerCluster && result.Value.Outcome != PushOutcome.Stale && BranchRefusal.IsOne(result.Value);

        PushOutcome? Outcome(BranchRecord branch) => results.GetValueOrDefault(branch.Branch)?.Outcome;
    }

    private List<BranchRefusal> Refusals(StoreWork work, IEnumerable<KeyValuePair<string, PushResult>> results)
    {
        var refused = results.ToDictionary(StringComparer.Ordinal);
        return refused.Count == 0 ? [] : [.. work.Branches.Where(branch => refused.ContainsKey(branch.Name)).Select(branch => BranchRefusal.Of(branch, refused[branch.Name], random))];
    }

    private async Task RecordAsync(
        DeliveryRecord record, DeliveryRecord? open, IReadOnlyList<BranchRefusal> refused, StoreLease lease, CancellationToken cancellationToken)
    {
        foreach (var refusal in refused) LogRefused(record.Store, refusal.Reason, refusal.Message, refusal.Wait);
        if (!await failpoints.AroundAsync("record", () => recorder.RecordAsync(record, open, refused, lease, cancellationToken))) return;
        foreach (var branch in record.Branches)
        {
            if ((branch.Commit ?? branch.Base) is { } head) seen.Add(record.Store, record.Url, record.Branch, branch.Branch, head);
        }

        var (placements, clusters) = (record.Branches.Sum(branch => branch.Placements.Count), record.Branches.Sum(branch => branch.Clusters.Count));
        if (record.LastCommit() is { } commit) LogWritten(record.Store, commit, placements, clusters);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: commit {Commit} is on the branch with {Placements} placements on {Clusters} clusters")]
    private partial void LogWritten(string store, string commit, int placements, int clusters);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store} goes on without a branch that cannot be written ({Reason}): {Explanation} Next try in {Wait}, or with the next change")]
    private partial void LogRefused(string store, string reason, string explanation, TimeSpan wait);
}
