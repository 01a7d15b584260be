namespace Promises.Data;

/// <summary>The one row whose update is the fleet lock; see <see cref="FleetLock"/>.</summary>
public sealed class FleetRow
{
    private FleetRow() { }

    /// <summary>Always 1.</summary>
    public short Id { get; private set; }

    /// <summary>Number of the last accepted change.</summary>
    public long Version { get; private set; }
}
