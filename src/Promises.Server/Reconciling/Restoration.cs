using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Branches of one store of which the database is older.</summary>
/// <param name="Known">The fleet version of the database when that was found.</param>
/// <param name="Branches">By name.</param>
internal sealed record Restoration(long Version, long Known, IReadOnlyList<string> Branches)
{
    /// <summary>Looks at each branch that is not where the rows have it for files of ours that the database does not know of.</summary>
    public static async Task<IReadOnlyDictionary<string, BranchView>> LookAsync(
        IStateStore store, StoreWork work, IReadOnlyDictionary<string, BranchView> views, CancellationToken cancellationToken)
    {
        if (views.Count == 0) return views;
        var looked = new Dictionary<string, BranchView>(views, StringComparer.Ordinal);
        foreach (var branch in work.Branches.Where(branch => views.ContainsKey(branch.Name)))
        {
            var view = views[branch.Name];
            view = view with { Restored = await Restored.FindAsync(store, work, branch, view, cancellationToken) };
            looked[branch.Name] = view with { Returned = await Returned.FindAsync(store, work, branch, view, cancellationToken) };
        }

        return looked;
    }

    /// <returns>Null if the database knows of everything.</returns>
    public static Restoration? Of(IReadOnlyDictionary<string, BranchView> views)
    {
        var restored = views.Where(view => view.Value.Restored is not null).Select(view => (view.Key, Found: view.Value.Restored!)).OrderBy(view => view.Key, StringComparer.Ordinal).ToList();
        return restored.Count == 0 ? null : new(restored.Max(view => view.Found.Version), restored.Min(view => view.Found.Known), [.. restored.Select(view => view.Key)]);
    }
}
