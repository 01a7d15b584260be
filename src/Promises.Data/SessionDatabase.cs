using Npgsql;

namespace Promises.Data;

/// <summary>
/// Opens connections outside the pool, for what belongs to a session: advisory locks and LISTEN. Should a pooler stand before the database, it must be one that
/// keeps sessions.
/// </summary>
public sealed class SessionDatabase
{
    private readonly string _settings;

    public SessionDatabase(string connectionString)
    {
        var settings = PromisesData.Bounded(connectionString);
        (settings.Pooling, settings.CommandTimeout) = (false, 5);
        settings.TcpKeepAlive = true;
        _settings = settings.ConnectionString;
    }

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_settings);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
