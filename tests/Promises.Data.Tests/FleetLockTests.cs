using Promises.Model;
using Promises.Testing;

namespace Promises.Data.Tests;

public sealed class FleetLockTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly SortedDictionary<string, string> s_none = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Second_taker_waits_for_the_first_and_gets_the_next_number()
    {
        await using var first = database.Context();
        await using var second = database.Context();
        await using var begun = await first.Database.BeginTransactionAsync(Cancel);
        var number = await FleetLock.TakeAsync(first, Cancel);

        await using var waiting = await second.Database.BeginTransactionAsync(Cancel);
        var next = FleetLock.TakeAsync(second, Cancel);
        await WaitingAsync();
        next.IsCompleted.ShouldBeFalse();
        (await FleetLock.VersionAsync(database.Context(), Cancel)).ShouldBe(number - 1, "reading waits for nobody");

        await begun.CommitAsync(Cancel);
        (await next).ShouldBe(number + 1);
    }

    [Fact]
    public async Task Rollback_gives_the_number_back()
    {
        var before = await FleetLock.VersionAsync(database.Context(), Cancel);
        await using var db = database.Context();
        await using (await db.Database.BeginTransactionAsync(Cancel))
        {
            (await FleetLock.TakeAsync(db, Cancel)).ShouldBe(before + 1);
        }

        (await FleetLock.VersionAsync(database.Context(), Cancel)).ShouldBe(before);
    }

    [Fact]
    public async Task Lock_without_a_transaction_is_refused()
    {
        await using var db = database.Context();

        await Should.ThrowAsync<InvalidOperationException>(FleetLock.TakeAsync(db, Cancel));
    }

    [Fact]
    public async Task What_was_read_before_the_lock_is_kept_only_where_it_is_still_so()
    {
        await using (var db = database.Context())
        {
            foreach (var name in (string[])["kept", "edited", "deleted"])
                db.Add(Model.Environment.Create(new ObjectMeta(name, s_none, s_none), new EnvironmentSpec(name.Length, Audience.Internal), new Stamp(1, DateTimeOffset.UnixEpoch, Guid.NewGuid())));
            await db.SaveChangesAsync(Cancel);
        }

        await using var reader = database.Context();
        foreach (var name in (string[])["kept", "edited", "deleted"]) (await reader.Environments.FindAsync([name], Cancel)).ShouldNotBeNull();
        await using (var other = database.DataSource.CreateCommand(
            "UPDATE environments SET position = 9, resource_version = 2 WHERE name = 'edited'; DELETE FROM environments WHERE name = 'deleted'"))
            await other.ExecuteNonQueryAsync(Cancel);

        await using var begun = await reader.Database.BeginTransactionAsync(Cancel);
        await FleetLock.TakeAsync(reader, Cancel);

        reader.Environments.Local.Select(environment => environment.Name).ShouldBe(["kept"]);
        (await reader.Environments.FindAsync(["edited"], Cancel))!.Position.ShouldBe(9);
        (await reader.Environments.FindAsync(["deleted"], Cancel)).ShouldBeNull();
    }

    // PostgreSQL itself says when somebody waits for a lock; test classes have a database each, so it is the one above.
    private async Task WaitingAsync()
    {
        await using var command = database.DataSource.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        while ((long)(await command.ExecuteScalarAsync(Cancel))! == 0) await Task.Yield();
    }
}
