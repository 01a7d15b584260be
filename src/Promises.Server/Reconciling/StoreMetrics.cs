using System.Diagnostics.Metrics;
using Npgsql;

namespace Promises.Server.Reconciling;

/// <summary>Gauges of each store: how far behind its branch is, and whether it can be written. Counted with the fleet's, by <see cref="FleetMetrics"/>.</summary>
internal sealed class StoreMetrics(NpgsqlDataSource database)
{
    private volatile IReadOnlyList<Row> _rows = [];

    /// <summary>The instruments, to be asked whether anybody listens.</summary>
    public IReadOnlyList<Instrument> Publish() =>
    [
        Telemetry.Meter.CreateObservableGauge("promises_store_lag_seconds", () => Of(row => row.Lag), "s", "Age of the oldest change that is not on the branch; 0 if all are."),
        Telemetry.Meter.CreateObservableGauge("promises_store_pending_clusters", () => Of(row => row.Pending), "{cluster}", "Clusters whose directory is behind."),
        Telemetry.Meter.CreateObservableGauge("promises_store_failing", () => Of(row => row.Failing), description: "1 while the store cannot be written."),
        Telemetry.Meter.CreateObservableGauge(
            "promises_work_queue_oldest_seconds", () => new Measurement<double>(_rows.Count == 0 ? 0 : _rows.Max(row => row.Lag), new KeyValuePair<string, object?>("queue", "stores")),
            "s", "Age of the oldest work that waits."),
    ];

    public async Task CountAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT s.name,
                coalesce((SELECT extract(epoch FROM clock_timestamp() - min(c.at)) FROM change_stores x JOIN changes c ON c.number = x.change
                    WHERE x.state_store = s.name AND NOT x.settled), 0)::double precision,
                (SELECT count(*) FROM cluster_delivery d WHERE d.state_store = s.name AND d.wanted_version > d.written_version)::double precision,
                (SELECT count(*) FROM store_delivery d WHERE d.state_store = s.name AND d.failures > 0)::double precision
            FROM state_stores s ORDER BY s.name
            """);
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new Row(reader.GetString(0), Math.Max(0, reader.GetDouble(1)), reader.GetDouble(2), reader.GetDouble(3)));
        _rows = rows;
    }

    private IEnumerable<Measurement<double>> Of(Func<Row, double> value) =>
        _rows.Select(row => new Measurement<double>(value(row), new KeyValuePair<string, object?>("store", row.Store)));

    private sealed record Row(string Store, double Lag, double Pending, double Failing);
}
