using Promises.Model;
using Promises.Testing;
using static Promises.Server.Tests.Reconciling.ProposingFleet;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A store that changes how it is written.</summary>
public sealed class ProposalModeTests(TestPostgres postgres)
{
    [Fact]
    public async Task The_mode_can_be_changed_there_and_back()
    {
        await using var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await PlaceAsync(fleet, "etcd", "c1");
        await fleet.SyncAsync();
        fleet.Repo.Merge(Ops, MergeBy.Squash);
        await fleet.WithdrawAsync("etcd", "c1");
        await fleet.SetModeAsync(DeliveryMode.Push);

        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c1")).ShouldBe("Written");
        (await fleet.PlacementAsync("etcd", "c1")).ShouldBeNull();
        fleet.Repo.Files().ShouldNotContain(file => file.Contains("etcd", StringComparison.Ordinal));
        fleet.Repo.In("rev-list", "--count", $"main..{Ops}").Trim().ShouldBe("0");
        (await fleet.BehindAsync()).ShouldBeEmpty();

        await fleet.SetModeAsync(DeliveryMode.Proposal);
        await fleet.RegisterAsync("c3");
        var head = fleet.Repo.Head();
        await fleet.SyncAsync();

        fleet.Repo.Head().ShouldBe(head);
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.Contains("/c3/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_waits_is_pushed_and_its_proposal_has_nothing_left_to_merge()
    {
        await using var fleet = await StartAsync(postgres);
        await fleet.RegisterInAsync("apps", "a1");
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        var before = fleet.Repo.Head();
        var theirs = fleet.Repo.Commit("promises/proposal/apps", "a question", ("their-note.txt", "why?"));
        await fleet.SetModeAsync(DeliveryMode.Push);

        await fleet.SyncAsync();

        fleet.Repo.In("rev-parse", "main~1").Trim().ShouldBe(before);
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Written");
        fleet.Repo.In("rev-list", "--count", $"main..{Ops}").Trim().ShouldBe("0");
        // That one somebody else has a word in.
        fleet.Repo.Head("promises/proposal/apps").ShouldBe(theirs);
        (await fleet.RowsAsync("proposed_files")).ShouldBe(0);
        (await fleet.StatusAsync()).Reason.ShouldBe("Reflected");
        (await fleet.BehindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_about_to_be_pushed_is_proposed_once_the_store_says_so()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true);
        fleet.Repo.Commit("main", "their beginning", ("their.txt", "x"));
        await fleet.RegisterAsync("c1");
        await fleet.CrashAsync(pushed: false);
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldNotBeNull();
        var head = fleet.Repo.Head();
        await fleet.SetModeAsync(DeliveryMode.Proposal);
        fleet.Restart();

        await fleet.SyncAsync();

        fleet.Repo.Head().ShouldBe(head);
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.Contains("/c1/", StringComparison.Ordinal));
    }
}
