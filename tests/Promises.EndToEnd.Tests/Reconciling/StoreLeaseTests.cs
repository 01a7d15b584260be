using Npgsql;
using Promises.Data;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

public sealed class StoreLeaseTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_store_has_one_holder_who_keeps_it_between_visits()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await using var one = new Replica(fleet);
        await using var other = new Replica(fleet);
        await one.AppearAsync();
        await other.AppearAsync();

        var held = (await one.Leases.EnterAsync("fleet", None)).ShouldNotBeNull();
        (await other.Leases.EnterAsync("fleet", None)).ShouldBeNull();
        await one.Leases.LeaveAsync(held, None);
        (await other.Leases.EnterAsync("fleet", None)).ShouldBeNull();
        (await one.Leases.EnterAsync("fleet", None)).ShouldBeSameAs(held);

        var status = (await fleet.StatusAsync()).Lease.ShouldNotBeNull();
        status.Holder.ShouldBe($"{Environment.MachineName}/{one.Leases.Replica}");
        status.Epoch.ShouldBe(held.Lease.Epoch);
        status.Until.ShouldBeGreaterThan(await fleet.NowAsync());
    }

    [Fact]
    public async Task A_branch_is_looked_at_by_whoever_has_its_store_and_by_anybody_when_nobody_has_it()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        await using var one = new Replica(fleet);
        await using var other = new Replica(fleet);
        await one.AppearAsync();
        await other.AppearAsync();

        (await one.Leases.EnterAsync("fleet", None)).ShouldNotBeNull();
        (await one.Looks.NamedAsync(["fleet"], None)).Count.ShouldBe(1);
        (await other.Looks.NamedAsync(["fleet"], None)).ShouldBeEmpty();
        await one.Leases.ReleaseAsync(None);
        (await other.Looks.NamedAsync(["fleet"], None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_replica_gives_back_or_what_its_death_leaves_is_taken_at_once_with_a_higher_epoch()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await using var one = new Replica(fleet);
        await using var other = new Replica(fleet);
        await one.AppearAsync();
        await other.AppearAsync();

        var first = (await one.Leases.EnterAsync("fleet", None))!;
        await one.Leases.ReleaseAsync(None);
        first.Lost.IsCancellationRequested.ShouldBeTrue();
        var second = (await other.Leases.EnterAsync("fleet", None)).ShouldNotBeNull();
        second.Lease.Epoch.ShouldBeGreaterThan(first.Lease.Epoch);

        await fleet.EndSessionAsync(other.Leases.Replica!.Value);
        await Wait.UntilAsync(() => Task.FromResult(second.Lost.IsCancellationRequested));
        await using var third = new Replica(fleet);
        await third.AppearAsync();
        (await third.Leases.EnterAsync("fleet", None)).ShouldNotBeNull().Lease.Epoch.ShouldBeGreaterThan(second.Lease.Epoch);
    }

    [Fact]
    public async Task A_replica_whose_session_breaks_stops_at_once_and_comes_back_under_another_number()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await using var replica = new Replica(fleet);
        await replica.StartAsync();
        await fleet.RegisterAsync("c1");
        replica.Queue.Nudge("fleet");
        await Wait.UntilAsync(async () => (await fleet.StatusAsync()).PendingClusters == 0);
        var before = replica.Leases.Replica!.Value;

        await fleet.EndSessionAsync(before);
        await Wait.UntilAsync(() => Task.FromResult(replica.Leases.Replica is { } now && now != before));

        // Nobody nudges: what was accepted meanwhile is found on the return.
        await fleet.EndSessionAsync(replica.Leases.Replica!.Value);
        await fleet.RegisterAsync("c2");
        await Wait.UntilAsync(async () => (await fleet.StatusAsync()).PendingClusters == 0);
    }

    [Fact]
    public async Task A_lease_is_renewed_while_it_is_used_and_given_back_when_its_store_is_idle()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await using var replica = new Replica(fleet, TimeSpan.FromSeconds(1.5));
        await replica.AppearAsync();
        var held = (await replica.Leases.EnterAsync("fleet", None))!;
        var until = (await fleet.LeaseAsync()).Until;

        await Wait.UntilAsync(async () => (await fleet.LeaseAsync()).Until > until + TimeSpan.FromSeconds(3));
        held.Lost.IsCancellationRequested.ShouldBeFalse();
        (await fleet.LeaseAsync()).Epoch.ShouldBe(held.Lease.Epoch);

        await replica.Leases.LeaveAsync(held, None);
        await Wait.UntilAsync(async () => (await fleet.LeaseAsync()).Holder is null);
        replica.Leases.Any.ShouldBeFalse();
    }

    [Fact]
    public async Task A_lease_that_was_not_renewed_in_time_is_anybodys_and_its_holder_records_nothing()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await using var one = new Replica(fleet);
        await using var other = new Replica(fleet);
        await one.AppearAsync();
        await other.AppearAsync();
        var zombie = (await one.Leases.EnterAsync("fleet", None))!.Lease;
        await fleet.RegisterAsync("c1");

        await fleet.RunAsync("UPDATE store_lease SET until = clock_timestamp() - interval '1 ms'");
        var next = (await other.Leases.EnterAsync("fleet", None)).ShouldNotBeNull().Lease;

        await Should.ThrowAsync<LeaseLostException>(() => fleet.Reconciler.SyncAsync("fleet", zombie, [], None));
        await Should.ThrowAsync<LeaseLostException>(() => fleet.Schedule.FailedAsync(zombie, new StoreSyncException("Unreachable", "", false), None));
        await Should.ThrowAsync<LeaseLostException>(() => fleet.Recorder.ForgetAsync(zombie, None));
        (await fleet.DeliveryAsync()).ShouldBeNull();
        fleet.Repo.Head().ShouldBeNull();

        await fleet.Reconciler.SyncAsync("fleet", next, [], None);
        fleet.Repo.In("log", "-1", "--format=%(trailers:key=Promises-Epoch,valueonly)").Trim().ShouldBe($"{next.Epoch}");
    }

    [Fact]
    public async Task Whoever_records_keeps_claims_out_and_a_claim_makes_the_old_holder_wait_for_its_refusal()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await using var replica = new Replica(fleet);
        await replica.AppearAsync();
        var guard = $"SELECT {LeaseRows.IsHeld(fleet.Lease.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture))}";

        await using var data = PromisesData.DataSource(fleet.ConnectionString);
        await using var connection = await data.OpenConnectionAsync(None);
        await using (var recording = await connection.BeginTransactionAsync(None))
        {
            (await GuardAsync(connection, guard)).ShouldBeTrue();
            (await replica.Leases.EnterAsync("fleet", None)).ShouldBeNull();
        }

        await using var claimant = await data.OpenConnectionAsync(None);
        await using var claim = await claimant.BeginTransactionAsync(None);
        await using (var take = new NpgsqlCommand(
            "WITH free AS (SELECT state_store FROM store_lease FOR UPDATE SKIP LOCKED) UPDATE store_lease SET epoch = 99 WHERE state_store IN (SELECT state_store FROM free)", claimant))
            (await take.ExecuteNonQueryAsync(None)).ShouldBe(1);
        var asked = GuardAsync(connection, guard);
        await Wait.UntilAsync(async () => await fleet.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"));
        asked.IsCompleted.ShouldBeFalse();
        await claim.CommitAsync(None);
        (await asked).ShouldBeFalse();
    }

    [Fact]
    public async Task A_store_whose_visits_kill_their_server_is_visited_ever_more_rarely_until_one_comes_to_an_end()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        for (var death = 1; death <= 2; death++)
        {
            var victim = new Replica(fleet);
            await victim.AppearAsync();
            (await victim.Leases.EnterAsync("fleet", None)).ShouldNotBeNull($"death {death}");
            await fleet.EndSessionAsync(victim.Leases.Replica!.Value);
            await victim.DisposeAsync();
        }

        await using var next = new Replica(fleet);
        await next.AppearAsync();
        (await next.Leases.EnterAsync("fleet", None)).ShouldBeNull();

        // As if the second death were four seconds ago.
        await fleet.RunAsync("UPDATE store_lease SET until = until - interval '4 s'");
        var held = (await next.Leases.EnterAsync("fleet", None)).ShouldNotBeNull();
        (await fleet.LeaseAsync()).Attempts.ShouldBe(3);
        await next.Leases.LeaveAsync(held, None);
        (await fleet.LeaseAsync()).Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_store_that_is_made_anew_begins_with_an_epoch_that_the_old_one_never_had()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await using var replica = new Replica(fleet);
        await replica.AppearAsync();
        var old = (await replica.Leases.EnterAsync("fleet", None))!;
        await fleet.RunAsync("DELETE FROM state_stores WHERE name = 'fleet'");
        await fleet.RegisterStoreAsync();
        replica.Leases.Drop(old);

        (await replica.Leases.EnterAsync("fleet", None)).ShouldNotBeNull().Lease.Epoch.ShouldBeGreaterThan(old.Lease.Epoch);
    }

    private static async Task<bool> GuardAsync(NpgsqlConnection connection, string guard)
    {
        await using var command = new NpgsqlCommand(guard, connection);
        command.Parameters.Add(new() { Value = "fleet" });
        return (bool)(await command.ExecuteScalarAsync(None))!;
    }
}
