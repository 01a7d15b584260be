namespace Promises.Server.Reconciling;

/// <summary>A store whose branch is looked at, and where we left it.</summary>
/// <param name="Url">Null for an embedded store.</param>
/// <param name="Heads">By branch; null where there was no branch.</param>
/// <param name="IsBranchPerCluster">It has as many branches as clusters, of which a visit looks only at those that it is told.</param>
/// <param name="OnTheWay">A commit of ours that may have arrived and is not recorded yet.</param>
internal sealed record LookTarget(string Store, string? Url, string? Credential, bool IsBranchPerCluster, IReadOnlyDictionary<string, string?> Heads, string? OnTheWay)
{
    public IReadOnlyCollection<string> Branches => [.. Heads.Keys];

    public string Host => HostSlots.HostOf(Url);

    /// <summary>The branches that are not where we left them.</summary>
    /// <param name="tips">By branch; a branch that is left out does not exist.</param>
    public IReadOnlyList<string> Elsewhere(IReadOnlyDictionary<string, string> tips) =>
        [.. Heads.Where(head => tips.GetValueOrDefault(head.Key) is var tip && tip != head.Value && (tip is null || tip != OnTheWay)).Select(head => head.Key)];
}
