using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Promises.Data;

/// <summary>Registers the database.</summary>
public static class PromisesData
{
    /// <summary>
    /// Adds <see cref="NpgsqlDataSource"/>, <see cref="MigrationRunner"/>, and <see cref="PromisesDb"/>: scoped, and by <see cref="IDbContextFactory{TContext}"/>.
    /// Nothing connects before it is used, so the database may still be starting.
    /// </summary>
    public static IServiceCollection AddPromisesData(this IServiceCollection services, string connectionString) =>
        services.AddPromisesData(_ => connectionString);

    /// <inheritdoc cref="AddPromisesData(IServiceCollection, string)"/>
    public static IServiceCollection AddPromisesData(this IServiceCollection services, Func<IServiceProvider, string> connectionString)
    {
        services.AddSingleton(provider => DataSource(connectionString(provider)));
        services.AddSingleton(provider => new SessionDatabase(connectionString(provider)));
        services.AddSingleton(provider => new MigrationRunner(provider.GetRequiredService<NpgsqlDataSource>()));
        // No retrying execution strategy: transactions are explicit, and a commit whose answer is lost must not be repeated blindly.
        services.AddPooledDbContextFactory<PromisesDb>((provider, options) => options.UsePromises(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<PromisesDb>>().CreateDbContext());
        return services;
    }

    public static DbContextOptionsBuilder UsePromises(this DbContextOptionsBuilder options, NpgsqlDataSource database) => options.UseNpgsql(database);

    /// <summary>A pool that never hangs for long: what the connection string does not say gets bounded times.</summary>
    public static NpgsqlDataSource DataSource(string connectionString) =>
        new NpgsqlDataSourceBuilder(Bounded(connectionString).ConnectionString) { Name = "promises" }.Build();

    internal static NpgsqlConnectionStringBuilder Bounded(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default("Application Name", "promises");
        Default("Timeout", 5);
        Default("Command Timeout", 20);
        Default("Cancellation Timeout", 2000);
        Default("Keepalive", 30);
        Default("Maximum Pool Size", 50);
        Default("Max Auto Prepare", 50);
        // Nothing is left behind in a pooled session: what belongs to one is in SessionDatabase.
        Default("No Reset On Close", true);
        return settings;

        void Default(string keyword, object value)
        {
            if (!given.ShouldSerialize(keyword)) settings[keyword] = value;
        }
    }
}
