namespace Promises.StateStores.Tests;

/// <summary>A store as most are: one branch.</summary>
internal static class SingleBranch
{
    public static async Task<string?> TipAsync(this IStateStore store, CancellationToken cancellationToken, string branch = "main") =>
        (await store.TipsAsync([branch], cancellationToken)).GetValueOrDefault(branch);

    public static async Task<string?> CommitAsync(this IStateStore store, CommitSpec spec, CancellationToken cancellationToken) =>
        (await store.CommitAsync([spec], cancellationToken)).Single();

    public static async Task<PushResult> PublishAsync(this IStateStore store, string commit, string? from, CancellationToken cancellationToken, string branch = "main") =>
        (await store.PublishAsync([new BranchMove(branch, from, commit)], cancellationToken)).Single();

    /// <summary>Makes a commit and pushes it.</summary>
    public static Task<string> WriteAsync(this IStateStore store, string? from, params (string Path, string? Content)[] files) => store.WriteToAsync("main", from, files);

    public static async Task<string> WriteToAsync(this IStateStore store, string branch, string? from, params (string Path, string? Content)[] files)
    {
        var commit = (await store.CommitAsync(StoreFixture.SpecOf(branch, from, files), CancellationToken.None)).ShouldNotBeNull();
        (await store.PublishAsync(commit, from, CancellationToken.None, branch)).ShouldBe(new PushResult(PushOutcome.Acknowledged, ""));
        return commit;
    }
}
