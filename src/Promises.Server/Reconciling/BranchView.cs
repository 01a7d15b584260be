using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>How the branch really is, where the rows may be wrong: somebody else moved it, or it is met for the first time.</summary>
/// <param name="Tip">Null if there is no branch.</param>
/// <param name="All">Every file of the tip; null where <paramref name="Moved"/> is known.</param>
/// <param name="Moved">What differs from the last acknowledged commit, by path; null where all files are known.</param>
/// <param name="IsFirstContact">Nothing on this branch is known to be ours.</param>
/// <param name="History">What became of our last commit, as a clause; null while it is part of the branch.</param>
internal sealed record BranchView(
    string? Tip, IReadOnlyDictionary<string, string>? All, IReadOnlyDictionary<string, TreeChange>? Moved, bool IsFirstContact, string? History = null)
{
    /// <summary>Null unless the database is older than the branch.</summary>
    public Restored? Restored { get; init; }

    /// <summary>Where the branch of the proposal is; the rest tells of the branch that it is to be merged into. Null if there is none.</summary>
    public string? Proposed { get; init; }

    /// <summary>Files at the tip that are the owner's because they were proposed, though nothing is recorded of them: somebody has merged them.</summary>
    public IEnumerable<KeyValuePair<string, string>> Merged(IEnumerable<ProposedFile> files) => All is null ? [] : files
        .GroupBy(file => file.Path, file => file.Blob, StringComparer.Ordinal).Where(file => All.ContainsKey(file.Key))
        // One that was edited before or after the merge is ours all the same, and is put right as any other.
        .Select(file => KeyValuePair.Create(file.Key, file.Contains(All[file.Key]) ? All[file.Key] : file.Last()));

    /// <summary>As <see cref="Reconciling.Returned"/> has them.</summary>
    public IReadOnlyDictionary<string, string> Returned { get; init; } = new Dictionary<string, string>();

    /// <summary>Files of ours that no row knows of: full path to blob id.</summary>
    public IReadOnlyDictionary<string, string> Leftovers => Restored?.Leftovers ?? Returned;

    public static async Task<BranchView> ReadAsync(IStateStore store, string? head, string? tip, CancellationToken cancellationToken)
    {
        if (tip is null) return new BranchView(null, new Dictionary<string, string>(), null, head is null, head is null ? null : "the branch was deleted");
        if (head is not null && await store.IsAncestorAsync(head, tip, cancellationToken))
        {
            var moved = await store.DiffAsync(head, tip, cancellationToken);
            return new BranchView(tip, null, moved.ToDictionary(change => change.Path, StringComparer.Ordinal), false);
        }

        // Rewritten or unknown: earlier deliveries may be gone, so nothing is taken for granted.
        var files = await store.ListAsync(tip, [], cancellationToken);
        return new BranchView(tip, files.ToDictionary(file => file.Path, file => file.Id, StringComparer.Ordinal), null, head is null,
            head is null ? null : $"the history of the branch was rewritten (commit {head[..12]} is no part of it any more)");
    }

    /// <summary>What others brought, as far as it can be told from what was there before.</summary>
    public IReadOnlyDictionary<string, string> Brought => All
        ?? Moved!.Values.Where(change => change.After is not null).ToDictionary(change => change.Path, change => change.After!, StringComparer.Ordinal);

    /// <summary>Null if nobody can tell what was touched.</summary>
    public TouchedPaths? Touched { get; } = Moved is null ? null : new TouchedPaths(Moved.Values);

    /// <summary>What is at a path; <paramref name="written"/> is what we wrote there.</summary>
    public string? Actual(string path, string? written) =>
        All is not null ? All.GetValueOrDefault(path)
        : Moved!.TryGetValue(path, out var change) ? change.After
        : written;
}
