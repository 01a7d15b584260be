using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Promises.Data;
using Promises.Server.Features.Fleet;
using Promises.Server.Features.Tokens;

namespace Promises.Server.Hosting;

/// <summary>The database of the fleet: the one that <c>ConnectionStrings__Promises</c> names, else a private PostgreSQL in the data directory.</summary>
internal static partial class Database
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StartPause = TimeSpan.FromSeconds(1);

    public static WebApplicationBuilder AddDatabase(this WebApplicationBuilder builder, DataDirectory directory)
    {
        builder.Services.AddSingleton(directory);
        if (builder.Configuration.GetConnectionString("Promises") is { Length: > 0 } given)
        {
            builder.Services.AddPromisesData(given);
            return builder;
        }

        // Made before the pool that asks for its connection string, so the container stops it after everything that uses it.
        builder.Services.TryAddSingleton(new PrivatePostgresOptions());
        builder.Services.AddSingleton<PrivatePostgres>();
        builder.Services.AddPromisesData(services => services.GetRequiredService<PrivatePostgres>().ConnectionString);
        return builder;
    }

    /// <summary>Starts or finds the database, brings its schema up to date, and makes what a fresh one needs: all that comes before listening.</summary>
    public static async Task PrepareDatabaseAsync(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        if (app.Services.GetService<PrivatePostgres>() is { } own) await own.StartAsync(stopping);
        else await WaitAsync(app, stopping);

        await app.Services.GetRequiredService<DatabaseTime>().MeasureAsync(app.Services.GetRequiredService<NpgsqlDataSource>(), stopping);
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<MigrationRunner>().ApplyAsync(stopping);
        await scope.ServiceProvider.GetRequiredService<AdminToken>().EnsureAsync(stopping);
        await scope.ServiceProvider.GetRequiredService<FleetSeed>().EnsureAsync(stopping);
        var options = app.Services.GetRequiredService<ServerOptions>();
        if (options.Role != ServerRole.Worker) await app.Services.GetRequiredService<Rehearsal>().EnsureAsync(stopping);
        if (options.Demo.Load) await scope.ServiceProvider.GetRequiredService<DemoFleet>().EnsureAsync(stopping);
    }

    /// <summary>A database that starts together with this server may take a moment; one that does not come is an error and not a wait without end.</summary>
    private static async Task WaitAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var database = app.Services.GetRequiredService<NpgsqlDataSource>();
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException e) when (e is not PostgresException { IsTransient: false })
            {
                if (time.GetElapsedTime(began) > StartPatience)
                    throw new StartupException($"The database that ConnectionStrings__Promises names does not answer: {e.GetBaseException().Message}", e);

                LogWaiting(app.Logger, e.GetBaseException().Message);
                await Task.Delay(StartPause, time, cancellationToken);
            }
            catch (PostgresException e)
            {
                throw new StartupException($"The database that ConnectionStrings__Promises names refuses this server: {e.MessageText} ({e.SqlState}).", e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for the database: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
