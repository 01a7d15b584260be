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
}
