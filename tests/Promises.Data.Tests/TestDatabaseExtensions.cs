using Microsoft.EntityFrameworkCore;
using Promises.Testing;

namespace Promises.Data.Tests;

internal static class TestDatabaseExtensions
{
    public static PromisesDb Context(this TestDatabase database)
    {
        var builder = new DbContextOptionsBuilder<PromisesDb>();
        builder.UsePromises(database.DataSource);
        return new PromisesDb(builder.Options);
    }
}
