using Npgsql;
using Promises.Server.Hosting;

namespace Promises.Server.Reconciling;

/// <summary>How an accepted write becomes work for the writers, here and on other replicas.</summary>
internal sealed class Deliveries(DeliveryQueue queue, DeliveryNotices notices, StoreHomes homes, ServerOptions options)
{
    /// <summary>In the transaction of the write: where new embedded stores lie, and a notice to the other replicas.</summary>
    public void Announce(NpgsqlBatch batch, IReadOnlyCollection<string> newStores, IReadOnlyCollection<string> stores)
    {
        homes.Settle(batch, newStores, here: options.Role == ServerRole.All);
        notices.Send(batch, stores);
    }

    /// <summary>Once it is committed. Only a hint: what is lost, the resync finds.</summary>
    public void Nudge(IEnumerable<string> stores)
    {
        if (options.Role == ServerRole.Api) return;
        foreach (var store in stores) queue.Nudge(store);
    }
}
