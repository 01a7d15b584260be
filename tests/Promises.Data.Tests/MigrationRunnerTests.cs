using Npgsql;
using Promises.Testing;

namespace Promises.Data.Tests;

public sealed class MigrationRunnerTests(TestPostgres postgres)
{
    private static readonly Migration First = new("0001-first.sql", "CREATE TABLE first (id int)");
    private static readonly Migration Second = new("0002-second.sql", "CREATE TABLE second (id int)");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Embedded_migrations_are_numbered_without_gaps()
    {
        var numbers = Migration.Embedded.Select(migration => migration.Name.Split('-')[0]).ToList();

        numbers.ShouldNotBeEmpty();
        numbers.ShouldBe(Enumerable.Range(1, numbers.Count).Select(number => number.ToString("0000", null)));
    }

    [Fact]
    public async Task Fresh_database_gets_every_migration_in_order()
    {
        await using var database = PromisesData.DataSource(await postgres.EmptyAsync());
        var runner = new MigrationRunner(database);
        (await runner.PendingAsync(Cancel)).ShouldBe(Migration.Embedded.Select(migration => migration.Name));

        (await runner.ApplyAsync(Cancel)).ShouldBe(Migration.Embedded.Select(migration => migration.Name));

        (await runner.StateAsync(Cancel)).IsCurrent.ShouldBeTrue();
        (await ScalarAsync(database, "SELECT version FROM fleet")).ShouldBe(0L);
    }

    [Fact]
    public async Task What_was_about_to_be_written_before_an_upgrade_is_known_after_it()
    {
        await using var database = PromisesData.DataSource(await postgres.EmptyAsync());
        await new MigrationRunner(database, [.. Migration.Embedded.TakeWhile(migration => string.CompareOrdinal(migration.Name, "0003") < 0)]).ApplyAsync(Cancel);
        await using (var command = database.CreateCommand(
            """
            INSERT INTO state_stores (name, uid, generation, resource_version, labels, annotations, created_at, url, branch, author_name, author_email, base_path, layout)
            VALUES ('fleet', gen_random_uuid(), 1, 1, '{}', '{}', now(), 'https://h/a', 'main', 'A', 'a@b', '', 'Placements');
            INSERT INTO store_delivery (state_store, head, reflected_version, failures, reason, message, intent_commit, intent)
            VALUES ('fleet', 'b', 1, 0, '', '', 'c', '{"Store":"fleet","Url":"https://h/a","Branch":"main","Base":"b","Version":7,"Placements":[1],"Clusters":[2],"Manifests":{"m":{}},"Changes":[7],"Repaired":["f"]}');
            """))
        {
            await command.ExecuteNonQueryAsync(Cancel);
        }

        await new MigrationRunner(database).ApplyAsync(Cancel);

        (await ScalarAsync(database, "SELECT intent::jsonb = '{\"Store\":\"fleet\",\"Url\":\"https://h/a\",\"Branch\":\"main\",\"Version\":7,\"Manifests\":{\"m\":{}},\"Branches\":["
            + "{\"Branch\":\"main\",\"Base\":\"b\",\"Commit\":\"c\",\"Placements\":[1],\"Clusters\":[2],\"Changes\":[7],\"Repaired\":[\"f\"]}]}' FROM store_delivery")).ShouldBe(true);
    }

    [Fact]
    public async Task Second_run_applies_nothing()
    {
        await using var database = PromisesData.DataSource(await postgres.EmptyAsync());
        await new MigrationRunner(database, [First]).ApplyAsync(Cancel);

        (await new MigrationRunner(database, [First]).ApplyAsync(Cancel)).ShouldBeEmpty();
        (await new MigrationRunner(database, [First, Second]).ApplyAsync(Cancel)).ShouldBe([Second.Name]);
    }

    [Fact]
    public async Task Applied_migration_that_was_edited_is_refused()
    {
        await using var database = PromisesData.DataSource(await postgres.EmptyAsync());
        await new MigrationRunner(database, [First]).ApplyAsync(Cancel);
        var edited = new MigrationRunner(database, [new Migration(First.Name, First.Sql + " "), Second]);

        (await Should.ThrowAsync<MigrationException>(edited.ApplyAsync(Cancel))).Message.ShouldContain("must never be edited");

        (await edited.StateAsync(Cancel)).Conflict.ShouldNotBeNull();
        (await ScalarAsync(database, "SELECT to_regclass('second') IS NULL")).ShouldBe(true);
    }

    [Fact]
    public async Task Database_of_a_newer_version_is_refused()
    {
        await using var database = PromisesData.DataSource(await postgres.EmptyAsync());
        await new MigrationRunner(database, [First, Second]).ApplyAsync(Cancel);

        var exception = await Should.ThrowAsync<MigrationException>(new MigrationRunner(database, [First]).ApplyAsync(Cancel));

        exception.Message.ShouldContain(Second.Name);
        exception.Message.ShouldContain("newer version");
    }

    [Fact]
    public async Task Migration_numbered_before_an_applied_one_is_refused()
    {
        await using var database = PromisesData.DataSource(await postgres.EmptyAsync());
        await new MigrationRunner(database, [Second]).ApplyAsync(Cancel);

        await Should.ThrowAsync<MigrationException>(new MigrationRunner(database, [First, Second]).ApplyAsync(Cancel));
    }

    [Fact]
    public async Task Migration_that_fails_leaves_nothing_of_itself_and_keeps_those_before_it()
    {
        await using var database = PromisesData.DataSource(await postgres.EmptyAsync());
        var broken = new Migration("0002-broken.sql", "CREATE TABLE half (id int); SELECT 1 / 0");

        var exception = await Should.ThrowAsync<MigrationException>(new MigrationRunner(database, [First, broken]).ApplyAsync(Cancel));

        exception.Message.ShouldContain("0002-broken.sql");
        exception.Message.ShouldContain("division by zero");
        (await ScalarAsync(database, "SELECT to_regclass('first') IS NOT NULL AND to_regclass('half') IS NULL")).ShouldBe(true);
        (await new MigrationRunner(database, [First, broken]).PendingAsync(Cancel)).ShouldBe([broken.Name]);
    }

    [Fact]
    public async Task Runners_that_start_at_once_apply_each_migration_once()
    {
        await using var database = PromisesData.DataSource(await postgres.EmptyAsync());

        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => new MigrationRunner(database).ApplyAsync(Cancel)));

        applied.SelectMany(names => names).Order().ShouldBe(Migration.Embedded.Select(migration => migration.Name));
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
