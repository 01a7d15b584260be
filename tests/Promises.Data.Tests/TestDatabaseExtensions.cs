using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Testing;

namespace Promises.Data.Tests;

internal static class TestDatabaseExtensions
{
    public static PromisesDb Context(this TestDatabase database) => Context(database.DataSource);

    public static PromisesDb Context(NpgsqlDataSource dataSource)
    {
        var builder = new DbContextOptionsBuilder<PromisesDb>();
        builder.UsePromises(dataSource);
        return new PromisesDb(builder.Options);
    }
}
