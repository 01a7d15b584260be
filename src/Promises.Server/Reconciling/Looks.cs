using System.Collections.Concurrent;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Compares branches with where we left them. A look decides nothing: what it finds elsewhere, or cannot find, is for the next visit of the store.</summary>
internal sealed class Looks
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _written = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _unreadable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LookTarget> _local = new(StringComparer.Ordinal);
    private readonly StateStoreProvider _stores;
    private readonly SeenBranches _branches;
    private readonly LookRows _rows;
    private readonly DeliveryQueue _queue;
    private readonly TimeProvider _time;

    public Looks(StateStoreProvider stores, SeenBranches branches, LookRows rows, DeliveryQueue queue, TimeProvider time)
    {
        (_stores, _branches, _rows, _queue, _time) = (stores, branches, rows, queue, time);
        branches.Learned += store => _written[store] = true;
    }

    /// <summary>Reads anew where all branches on this machine were left, and notes what was seen since the last time.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await NoteAsync(cancellationToken);
        var targets = await _rows.LocalAsync(cancellationToken);
        _local.Clear();
        foreach (var target in targets) _local[target.Store] = target;
        foreach (var gone in _unreadable.Keys.Where(store => !_local.ContainsKey(store))) _unreadable.TryRemove(gone, out _);
    }

    /// <summary>Looks at all branches on this machine, in this process.</summary>
    public async Task LocalAsync(CancellationToken cancellationToken)
    {
        // What was written meanwhile is elsewhere for a good reason; so may be what others moved.
        var written = _written.Keys.ToList();
        foreach (var store in written) _written.TryRemove(store, out _);
        await UpdateAsync(written, cancellationToken);
        var elsewhere = _local.Values.Where(target => !Look(target, out _)).Select(target => target.Store).ToList();
        if (elsewhere.Count == 0) return;

        await UpdateAsync(elsewhere, cancellationToken);
        foreach (var store in elsewhere)
        {
            if (_local.TryGetValue(store, out var target) && !Look(target, out var branches)) Report(target, branches);
        }
    }

    /// <summary>The stores elsewhere that are to be looked at, longest unseen first.</summary>
    public async Task<IReadOnlyList<LookTarget>> DueAsync(TimeSpan unseen, int most, CancellationToken cancellationToken)
    {
        await NoteAsync(cancellationToken);
        return await _rows.DueAsync(_time.GetUtcNow() - unseen, most, _unreadable.Keys, cancellationToken);
    }

    /// <summary>Asks the remote of one store.</summary>
    public async Task AskAsync(LookTarget target, CancellationToken cancellationToken)
    {
        try
        {
            var tips = await _stores.Peek.AskAsync(target.Store, target.Url, target.Credential, target.Branches, cancellationToken);
            if (target.Elsewhere(tips).Count == 0) _seen[target.Store] = _time.GetUtcNow();
            // It may have been us, since.
            else if (await _rows.NamedAsync([target.Store], cancellationToken) is [var now] && now.Elsewhere(tips) is { Count: > 0 } branches) Report(now, branches);
        }
        catch (StateStoreException)
        {
            // The visit fails in the same way, and says so, waits, and tries again as for any other failure.
            Report(target, []);
        }
    }

    private async Task UpdateAsync(List<string> stores, CancellationToken cancellationToken)
    {
        if (stores.Count == 0) return;
        foreach (var store in stores) _local.Remove(store);
        foreach (var target in await _rows.NamedAsync(stores, cancellationToken))
        {
            if (target.Host.Length == 0) _local[target.Store] = target;
        }
    }

    /// <summary>False if it is elsewhere, or cannot be read.</summary>
    private bool Look(LookTarget target, out IReadOnlyList<string> branches)
    {
        branches = [];
        try
        {
            var tips = _stores.Peek.Read(target.Store, target.Url, target.Branches);
            if (tips is null)
            {
                // Git has to be asked, at the pace of stores elsewhere.
                _unreadable[target.Store] = true;
                return true;
            }

            _unreadable.TryRemove(target.Store, out _);
            branches = target.Elsewhere(tips);
            if (branches.Count > 0) return false;
            _seen[target.Store] = _time.GetUtcNow();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task NoteAsync(CancellationToken cancellationToken)
    {
        var seen = _seen.ToList();
        await _rows.SeenAsync(seen, cancellationToken);
        foreach (var pair in seen) _seen.TryRemove(pair);
    }

    private void Report(LookTarget target, IReadOnlyList<string> branches)
    {
        if (target.IsBranchPerCluster) _branches.Suspect(target.Store, branches);
        else _branches.Forget(target.Store);
        _queue.Nudge(target.Store);
    }
}
