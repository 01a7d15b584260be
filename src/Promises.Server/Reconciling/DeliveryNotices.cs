using System.Globalization;
using Npgsql;
using Promises.Server.Hosting;

namespace Promises.Server.Reconciling;

/// <summary>
/// Nudges to the other replicas, sent by the database when the write is committed. They are hints like all nudges: one that nobody hears is found by the resync.
/// </summary>
internal sealed class DeliveryNotices(StoreLeases leases, ServerOptions options)
{
    public const string Channel = "promises";

    /// <summary>PostgreSQL takes less than 8000 bytes; names are ASCII.</summary>
    private const int Longest = 7900;

    public event Action<DeliveryNotice>? Heard;

    /// <summary>In the transaction of the write.</summary>
    public void Send(NpgsqlBatch batch, IReadOnlyCollection<string> stores)
    {
        if (stores.Count == 0) return;
        var names = string.Join(',', stores);
        // Whoever writes stores itself is nudged without the database, and is the one to take what is free.
        var sender = options.Role == ServerRole.Api ? null : leases.Replica;
        var command = new NpgsqlBatchCommand("SELECT pg_notify($1, $2)");
        command.Parameters.Add(new() { Value = Channel });
        command.Parameters.Add(new() { Value = string.Create(CultureInfo.InvariantCulture, $"{sender} {(names.Length > Longest ? "" : names)}") });
        batch.BatchCommands.Add(command);
    }

    public void Receive(string payload)
    {
        if (payload.Split(' ') is not [var from, var names]) return;
        long? sender = long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        if (sender is not null && sender == leases.Replica) return;
        Heard?.Invoke(new DeliveryNotice(sender is not null, names.Length == 0 ? [] : names.Split(',')));
    }
}

/// <param name="SenderWrites">It came from a replica that writes stores, so what nobody holds is taken care of.</param>
/// <param name="Stores">Empty: too many to name.</param>
internal sealed record DeliveryNotice(bool SenderWrites, IReadOnlyList<string> Stores);
