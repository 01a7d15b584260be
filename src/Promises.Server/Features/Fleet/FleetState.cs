using Promises.Data;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>The newest snapshot of this process. Snapshots are immutable; this swaps whole generations.</summary>
internal sealed class FleetState
{
    private volatile FleetSnapshot? _current;

    public bool Loaded => _current is not null;

    /// <summary>The snapshot at the version of the database, as this connection and transaction see it.</summary>
    public async Task<FleetSnapshot> ReadAsync(PromisesDb database, CancellationToken cancellationToken)
    {
        var version = await FleetLock.VersionAsync(database, cancellationToken);
        return await ReadAsync(database, version, cancellationToken);
    }

    /// <summary>The snapshot at a version that this connection and transaction can see.</summary>
    public async Task<FleetSnapshot> ReadAsync(PromisesDb database, long version, CancellationToken cancellationToken)
    {
        var current = _current;
        if (current?.Version == version) return current;

        var snapshot = current is null || current.Version > version
            ? await SnapshotLoader.LoadAsync(database, version, cancellationToken)
            : await SnapshotLoader.ForwardAsync(database, current, version, cancellationToken);
        Offer(snapshot);
        return snapshot;
    }

    /// <summary>Takes a snapshot that is known to be committed; an older one than the current is ignored.</summary>
    public void Offer(FleetSnapshot snapshot)
    {
        while (true)
        {
            var current = _current;
            if (current is not null && current.Version >= snapshot.Version) return;
#pragma warning disable CS0420 // Interlocked gives the barrier that volatile would.
            if (Interlocked.CompareExchange(ref _current, snapshot, current) == current) return;
#pragma warning restore CS0420
        }
    }
}
