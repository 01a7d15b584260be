using Promises.Model;
using Promises.Scheduling;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Scheduling;

public sealed class LeavingTests
{
    private static readonly FleetSnapshot s_placed = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("redis", Where("team=A"), objects: "x,y")).Decided();

    [Fact]
    public void Placement_when_its_cluster_stops_matching_is_retained_follows_its_pin_and_becomes_ordinary_again()
    {
        var fleet = s_placed.With(Cluster("c1", "team=B"));
        fleet.Plan().Changes.ShouldHaveSingleItem().Kind.ShouldBe(ChangeKind.Retain);
        fleet = fleet.Decided();
        fleet.On("redis", "c1").Message.ShouldBe("redis needs team=A; cluster c1 has team=B. It is kept until it is withdrawn.");

        fleet = fleet.Publish(Revision("redis", Where("team=A"), 2, objects: "x,y*")).Decided();
        (fleet.On("redis", "c1").Outcome, fleet.On("redis", "c1").Revision).ShouldBe((PlacementOutcome.Retained, 2));

        fleet.With(Cluster("c1", "team=A")).Decided().On("redis", "c1").Outcome.ShouldBe(PlacementOutcome.Placed);
    }

    [Fact]
    public void Placement_when_it_is_retained_ends_by_a_withdrawal_and_one_that_is_wanted_does_not()
    {
        var retained = s_placed.With(Cluster("c1")).Decided();
        Scheduler.Plan(retained, Scope.Of("c1"), withdrawals: [new Withdrawal("redis", "c1")]).Changes.ShouldHaveSingleItem().IsRemoval.ShouldBeTrue();
        Scheduler.Plan(s_placed, Scope.Of("c1"), withdrawals: [new Withdrawal("redis", "c1")]).Changes.ShouldBeEmpty();
    }

    [Fact]
    public void Placement_when_a_revision_says_Withdraw_ends()
    {
        var fleet = s_placed.With(Cluster("c1")).Decided().Publish(Revision("redis", Where("team=A").Withdrawing(), 2, objects: "x,y"));
        var result = fleet.Plan();
        result.Changes.ShouldHaveSingleItem().Kind.ShouldBe(ChangeKind.Remove);
        Impact.From(result, s_placed, fleet).Removals.ShouldHaveSingleItem().Objects.Count.ShouldBe(2);
    }

    [Fact]
    public void Placements_when_their_Promise_or_their_cluster_has_left_end()
    {
        s_placed.WithoutPromise("redis").Plan().Changes.ShouldHaveSingleItem().IsRemoval.ShouldBeTrue();
        s_placed.WithoutCluster("c1").Plan().Changes.ShouldHaveSingleItem().IsRemoval.ShouldBeTrue();
        Impact.From(s_placed.WithoutPromise("redis").Plan(), s_placed, s_placed.WithoutPromise("redis")).Objects.Removed.ShouldBe(2);
    }

    [Fact]
    public void Blocked_newcomer_when_it_is_no_longer_wanted_is_dropped_and_is_no_removal()
    {
        var blocked = s_placed.Publish(Revision("other", Where("team=A"), objects: "x")).Decided();
        var fleet = blocked.Publish(Revision("other", Where("team=Z"), 2));
        var result = fleet.Plan();
        var change = result.Changes.ShouldHaveSingleItem();
        (change.Kind, change.IsDrop, change.IsRemoval).ShouldBe((ChangeKind.Remove, true, false));
        var impact = Impact.From(result, blocked, fleet);
        (impact.Placements.Remove, impact.Objects, impact.Removals.Count).ShouldBe((1, new ObjectCounts(0, 0, 0), 0));
    }

    [Fact]
    public void Resync_when_a_placement_would_be_removed_keeps_it_until_somebody_confirms()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("redis", Where("team=A").Withdrawing())).Decided().With(Cluster("c1"));
        var kept = fleet.Decided(PlanMode.Resync);
        (kept.On("redis", "c1").Outcome, kept.On("redis", "c1").Reason).ShouldBe((PlacementOutcome.Retained, ScheduledReason.AwaitingConfirmation));
        kept.With(Cluster("c1", "more=1")).Plan().Changes.ShouldBeEmpty();
        Scheduler.Plan(kept, Scope.Everything, withdrawals: [new Withdrawal("redis", "c1")]).Changes.ShouldHaveSingleItem().IsRemoval.ShouldBeTrue();
        kept.Publish(Revision("redis", Where("team=A").Withdrawing(), 2)).Plan().Changes.ShouldHaveSingleItem().IsRemoval.ShouldBeTrue();
    }

    [Fact]
    public void Resync_when_an_update_would_take_objects_away_keeps_the_revision()
    {
        var fleet = s_placed.Publish(Revision("redis", Where("team=A"), 2, objects: "x"));
        var kept = fleet.Decided(PlanMode.Resync).On("redis", "c1");
        (kept.Revision, kept.Outcome, kept.Reason).ShouldBe((1, PlacementOutcome.Retained, ScheduledReason.AwaitingConfirmation));
        fleet.Decided().On("redis", "c1").Revision.ShouldBe(2);
    }

    [Fact]
    public void Resync_when_something_is_missing_adds_and_updates()
    {
        var fleet = s_placed.With(Cluster("c2", "team=A")).Publish(Revision("redis", Where("team=A"), 2, objects: "x,y,z"));
        fleet.Plan(PlanMode.Resync).Changes.Select(change => change.Kind).ShouldBe([ChangeKind.Update, ChangeKind.Add]);
    }
}
