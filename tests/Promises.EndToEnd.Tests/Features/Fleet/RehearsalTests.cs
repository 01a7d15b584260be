using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Features.Fleet;
using Promises.Testing;

namespace Promises.Server.Tests.Features.Fleet;

public sealed class RehearsalTests(TestPostgres postgres)
{
    private const string Counts =
        """
        SELECT string_agg(t.relname || ' ' || (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I', t.relname), false, true, '')))[1]::text, ', ' ORDER BY t.relname)
        FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace WHERE t.relkind = 'r' AND n.nspname = 'public' AND t.relname <> 'replicas'
        """;

    [Fact]
    public async Task A_rehearsed_write_is_accepted_and_nothing_of_it_is_kept()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database);
        await server.Client.DoneAsync("POST", "/clusters", Promises.EndToEnd.Tests.Support.Fleet.Cluster("c", ""));
        await server.Client.SettledAsync();
        await using var source = NpgsqlDataSource.Create(database);
        var before = await TextAsync(source);

        await server.Services.GetRequiredService<Rehearsal>().RunAsync(TestContext.Current.CancellationToken);

        (await TextAsync(source)).ShouldBe(before);
        (await server.Client.GetAsync("/clusters")).Json["items"]!.AsArray().Count.ShouldBe(1);
        (await server.Client.GetAsync("/changes")).Json["items"]!.AsArray().ShouldAllBe(change => (string)change!["spec"]!["request"]!["path"]! != "/rehearsal");
    }

    [Fact]
    public async Task A_rehearsal_neither_waits_for_the_fleet_lock_nor_for_another_rehearsal()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database);
        await using var source = NpgsqlDataSource.Create(database);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var taken = new NpgsqlCommand("UPDATE fleet SET version = version + 1", connection)) await taken.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var rehearsal = server.Services.GetRequiredService<Rehearsal>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => rehearsal.RunAsync(TestContext.Current.CancellationToken))).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
    }

    private static async Task<string> TextAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(Counts);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
