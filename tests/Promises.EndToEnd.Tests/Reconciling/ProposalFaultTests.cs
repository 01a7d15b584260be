using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;
using static Promises.Server.Tests.Reconciling.ProposingFleet;

namespace Promises.Server.Tests.Reconciling;

/// <summary>Crashes, lost answers and lost leases while something is proposed.</summary>
public sealed class ProposalFaultTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_crash_after_the_push_leaves_the_proposal_as_it_is()
    {
        await using var fleet = await StartAsync(postgres, overHttp: true);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.CrashAsync(pushed: true);
        var pushed = fleet.Repo.Head(Ops).ShouldNotBeNull();
        (await fleet.ProposalAsync())!.Phase.ShouldBe(ProposalPhase.Pushing);
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Pending");

        fleet.Restart();
        await fleet.SyncAsync();

        fleet.Repo.Head(Ops).ShouldBe(pushed);
        (await fleet.ProposalAsync())!.Phase.ShouldBe(ProposalPhase.Open);
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
    }

    [Fact]
    public async Task Who_lost_the_store_notes_and_pushes_nothing()
    {
        await using var fleet = await StartAsync(postgres);
        var zombie = fleet.Lease;
        await fleet.ClaimAsync();

        await Should.ThrowAsync<LeaseLostException>(() => fleet.Reconciler.SyncAsync("fleet", zombie, [], None));

        fleet.Repo.Head(Ops).ShouldBeNull();
        (await fleet.ProposalAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(GitWriter.Git)]
    [InlineData(GitWriter.Direct)]
    public async Task A_lost_answer_is_settled_at_once(GitWriter writer)
    {
        await using var fleet = await StartAsync(postgres, overHttp: true, writer);
        await PlaceAsync(fleet, "redis", "c1");
        fleet.Server!.Fault = GitFault.DropAnswer;

        await fleet.SyncAsync();

        fleet.Repo.In("rev-list", "--count", $"main..{Ops}").Trim().ShouldBe("1");
        (await fleet.ProposalAsync())!.Head.ShouldBe(fleet.Repo.Head(Ops));
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
    }

    [Fact]
    public async Task A_proposal_whose_taking_back_got_lost_is_taken_back_all_the_same()
    {
        await using var fleet = await StartAsync(postgres, overHttp: true);
        await fleet.SyncAsync();
        await fleet.MergedAsync();
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        await fleet.WithdrawAsync("redis", "c1");
        // Git sends it twice by itself. The branch builds on the commit that it is to go back to, so that one is there whatever happens.
        var lost = 2;
        fleet.Server!.BeforePush = () =>
        {
            if (lost-- > 0) throw new IOException("The request never came in.");
        };

        await fleet.SyncAsync();

        fleet.Repo.Head(Ops).ShouldBe(fleet.Repo.Head());
        (await fleet.ProposalAsync())!.Phase.ShouldBe(ProposalPhase.Closing);
    }
}
