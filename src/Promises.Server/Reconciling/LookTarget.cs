namespace Promises.Server.Reconciling;

/// <summary>A store whose branch is looked at, and where we left it.</summary>
/// <param name="Url">Null for an embedded store.</param>
/// <param name="Heads">By branch; null where there was no branch.</param>
/// <param name="OnTheWay">A commit of ours that may have arrived and is not recorded yet.</param>
internal sealed record LookTarget(string Store, string? Url, string? Credential, IReadOnlyDictionary<string, string?> Heads, string? OnTheWay)
{
    public IReadOnlyCollection<string> Branches => [.. Heads.Keys];

    public string Host => HostSlots.HostOf(Url);

    /// <param name="tips">By branch; a branch that is left out does not exist.</param>
    public bool IsWhereWeLeftIt(IReadOnlyDictionary<string, string> tips) =>
        Heads.All(head => tips.GetValueOrDefault(head.Key) is var tip && (tip == head.Value || (tip is not null && tip == OnTheWay)));
}
