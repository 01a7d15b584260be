using Promises.Model;
using Promises.Scheduling;
using Promises.Selectors;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Scheduling;

public sealed class DecidingTests
{
    [Fact]
    public void Cluster_when_it_matches_takes_the_revision_pinned_in_its_environment()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A"), Cluster("a1", "team=A", "apps"), Cluster("c2"))
            .Publish(Revision("redis", Where("team=A")), Revision("redis", Where("team=A"), 2));
        var change = fleet.Plan().Changes.ShouldHaveSingleItem();
        (change.Kind, change.After!.Name, change.After.Revision, change.After.Reason).ShouldBe((ChangeKind.Add, "redis.c1", 2, ScheduledReason.Selected));

        fleet.WithPin("apps", "redis", 1).Decided().On("redis", "a1").Revision.ShouldBe(1);
    }

    [Theory]
    [InlineData("promises.dev/name", "c1")]
    [InlineData("promises.dev/environment", "ops")]
    [InlineData("promises.dev/audience", "internal")]
    [InlineData("promises.dev/provider", "aws")]
    [InlineData("promises.dev/region", "eu-west-1")]
    [InlineData("promises.dev/agent", "flux")]
    public void Selector_when_it_names_a_derived_label_sees_it(string key, string value) => Fleet().With(Cluster("c1"))
        .Publish(Revision("redis", new PlacementRule(new LabelSelector(new Dictionary<string, string> { [key] = value }, []), false, false, [], OnUnmatch.Retain)))
        .Plan().Changes.Count.ShouldBe(1);

    [Fact]
    public void Cluster_when_it_is_strict_and_labelled_takes_no_Promise_that_imported_without_a_selector()
    {
        var fleet = Fleet().With(Cluster("plain"), Cluster("strict", "team=A", strict: true), Cluster("unlabelled", strict: true))
            .Publish(Revision("redis", Where("", new Requirement("promises.dev/strict-match-labels", SelectorOperator.DoesNotExist, []))));
        fleet.Plan().Changes.Select(change => change.Cluster).ShouldBe(["plain", "unlabelled"]);
    }

    [Fact]
    public void Newcomer_when_the_cluster_is_cordoned_or_tainted_gets_no_placement_and_an_incumbent_stays()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A"), Cluster("c2", "team=A")).Publish(Revision("redis", Where("team=A"))).Decided();
        fleet = fleet.With(Cluster("c1", "team=A", cordoned: true), Cluster("c2", "team=A", taints: "dedicated=ml")).Publish(Revision("kafka", Where("team=A")));
        fleet.Plan().Changes.ShouldBeEmpty();
        fleet.On("redis", "c1").Outcome.ShouldBe(PlacementOutcome.Placed);
    }

    [Theory]
    [InlineData(null, true, null, true)]
    [InlineData("dedicated", true, null, true)]
    [InlineData("dedicated", false, "ml", true)]
    [InlineData("dedicated", false, "web", false)]
    [InlineData("other", true, null, false)]
    public void Taint_when_it_is_tolerated_lets_newcomers_in(string? key, bool exists, string? value, bool placed) =>
        Fleet().With(Cluster("c1", "team=A", taints: "dedicated=ml"))
            .Publish(Revision("redis", Where("team=A").Tolerating(new Toleration(key, exists, value)))).Plan().Changes.Count.ShouldBe(placed ? 1 : 0);

    [Fact]
    public void Promise_for_all_clusters_when_they_are_cordoned_or_tainted_goes_there_with_its_members()
    {
        var fleet = Fleet().With(Cluster("c1", cordoned: true, taints: "dedicated=ml"))
            .Publish(Revision("suite", Everywhere(), includes: "part"), Revision("part", OnlyIncluded(), includes: "leaf"), Revision("leaf", OnlyIncluded())).Decided();
        fleet.PlacementsOn("c1").Select(placement => (placement.Promise, placement.Reason)).ShouldBe(
            [("leaf", ScheduledReason.Included), ("part", ScheduledReason.Included), ("suite", ScheduledReason.AllClusters)]);
    }

    [Fact]
    public void Member_when_many_parents_want_it_is_there_once_at_its_own_pin()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A"))
            .Publish(Revision("p2", Where("team=A"), includes: "m"), Revision("p1", Where("team=A"), includes: "m >=1.0.0 <2.0.0"), Revision("m", OnlyIncluded(), 3, "1.5.0")).Decided();
        var member = fleet.On("m", "c1");
        (member.Revision, member.Reason).ShouldBe((3, ScheduledReason.Included));
        member.IncludedBy.ShouldBe(["p1", "p2"]);
    }

    [Theory]
    [InlineData(null, "m")]
    [InlineData("3.0.0", "m <2.0.0")]
    [InlineData(null, "m >=1.0.0")]
    public void Member_when_its_pin_does_not_suit_is_blocked(string? version, string entry)
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("p", Where("team=A"), includes: entry)).WithRevision(Revision("m", OnlyIncluded(), 1, version));
        if (entry != "m") fleet = fleet.WithPin("ops", "m", 1);
        var member = fleet.Decided().On("m", "c1");
        (member.Outcome, member.Delivers, member.Reason).ShouldBe((PlacementOutcome.Blocked, false, ScheduledReason.MemberNotPinned));
    }

    [Fact]
    public void Member_when_its_incumbents_pin_leaves_the_range_stays_at_its_revision()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("p", Where("team=A"), includes: "m <2.0.0"), Revision("m", OnlyIncluded().Withdrawing(), 1, "1.0.0")).Decided();
        var member = fleet.Publish(Revision("m", OnlyIncluded().Withdrawing(), 2, "2.0.0")).Decided().On("m", "c1");
        (member.Outcome, member.Delivers, member.Revision, member.Reason).ShouldBe((PlacementOutcome.Blocked, true, 1, ScheduledReason.MemberNotPinned));
    }

    [Fact]
    public void Member_when_its_only_parent_is_blocked_is_not_placed()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("p", Where("team=A"), includes: "m", requires: "absent"), Revision("m", OnlyIncluded()), Revision("absent", Where("team=B")));
        fleet.Decided().PlacementsOn("c1").Select(placement => (placement.Promise, placement.Reason)).ShouldBe([("p", ScheduledReason.RequirementMissing)]);
    }

    [Fact]
    public void Composite_when_it_includes_and_requires_the_same_member_is_placed_with_it()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("p", Where("team=A"), objects: "x", includes: "m", requires: "m"), Revision("m", OnlyIncluded(), objects: "y")).Decided();
        fleet.On("p", "c1").Outcome.ShouldBe(PlacementOutcome.Placed);
        fleet.On("p", "c1").DependsOn.ShouldBe(["m"]);
    }

    [Fact]
    public void Members_when_the_last_parent_leaves_follow_their_own_onUnmatch()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A"))
            .Publish(Revision("p", Where("team=A").Withdrawing(), includes: "keep,go"), Revision("keep", OnlyIncluded()), Revision("go", OnlyIncluded().Withdrawing())).Decided()
            .With(Cluster("c1")).Decided();
        fleet.PlacementsOn("c1").Select(placement => (placement.Promise, placement.Outcome)).ShouldBe([("keep", PlacementOutcome.Retained)]);
    }

    [Theory]
    [InlineData("cert", null, true)]
    [InlineData("cert >=1.0.0", "1.2.0", true)]
    [InlineData("cert >=2.0.0", "1.2.0", false)]
    [InlineData("cert >=1.0.0", null, false)]
    public void Requirement_when_the_required_Promise_comes_in_the_same_plan_holds_in_its_range(string entry, string? version, bool placed)
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("app", Where("team=A"), requires: entry), Revision("cert", Where("team=A"), 1, version)).Decided();
        (fleet.On("app", "c1").Outcome == PlacementOutcome.Placed).ShouldBe(placed);
    }

    [Fact]
    public void Incumbent_when_it_loses_a_requirement_stays_and_says_so()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A,tls=1")).Publish(Revision("app", Where("team=A"), requires: "cert"), Revision("cert", Where("tls=1").Withdrawing())).Decided().With(Cluster("c1", "team=A")).Decided();
        var app = fleet.On("app", "c1");
        app.Outcome.ShouldBe(PlacementOutcome.Placed);
        app.Message.ShouldContain("cert is not on cluster c1");
    }

    [Fact]
    public void DependsOn_when_required_Promises_have_no_objects_leaves_them_out()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A"))
            .Publish(Revision("app", Where("team=A"), objects: "x", requires: "cert,empty"), Revision("cert", Where("team=A"), objects: "y"), Revision("empty", Where("team=A"))).Decided();
        fleet.On("app", "c1").DependsOn.ShouldBe(["cert"]);
    }

    [Theory]
    [InlineData("ingress!", "ingress", true)]
    [InlineData("ingress", "ingress!", true)]
    [InlineData("ingress", "ingress", false)]
    public void Capability_when_either_holder_is_exclusive_has_one_holder(string a, string b, bool blocked)
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("a", Where("team=A"), provides: a), Revision("b", Where("team=A"), provides: b)).Decided();
        fleet.On("a", "c1").Outcome.ShouldBe(PlacementOutcome.Placed);
        fleet.On("b", "c1").Reason.ShouldBe(blocked ? ScheduledReason.ExclusiveCapability : ScheduledReason.Selected);
    }

    [Fact]
    public void Newcomers_when_they_collide_are_decided_by_requires_then_name()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A"))
            .Publish(Revision("a", Where("team=A"), objects: "x", requires: "z"), Revision("b", Where("team=A"), objects: "x"), Revision("z", Where("team=A"))).Decided();
        fleet.On("b", "c1").Outcome.ShouldBe(PlacementOutcome.Placed);
        fleet.On("a", "c1").Reason.ShouldBe(ScheduledReason.ObjectCollision);
    }

    [Fact]
    public void Incumbent_when_a_newcomer_with_an_earlier_name_collides_keeps_its_place()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("z", Where("team=A"), objects: "x")).Decided().Publish(Revision("a", Where("team=A"), objects: "x")).Decided();
        fleet.On("z", "c1").Outcome.ShouldBe(PlacementOutcome.Placed);
        fleet.On("a", "c1").Message.ShouldBe("a and z both define /ConfigMap/default/x on cluster c1; z has it.");
    }

    [Fact]
    public void Incumbent_when_its_pin_gains_what_another_has_is_held_at_its_revision()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("a", Where("team=A"), objects: "x"), Revision("b", Where("team=A"), objects: "y")).Decided()
            .Publish(Revision("a", Where("team=A"), 2, objects: "x,y"));
        var change = fleet.Plan().Changes.ShouldHaveSingleItem();
        (change.Kind, change.After!.Outcome, change.After.Delivers, change.After.Revision).ShouldBe((ChangeKind.Block, PlacementOutcome.Blocked, true, 1));
        change.Message.ShouldBe("a stays at revision 1 on cluster c1: revision 2 defines /ConfigMap/default/y, which b has there.");

        // b gives it up, and a goes on.
        fleet.Decided().Publish(Revision("b", Where("team=A"), 2)).Decided().On("a", "c1").Revision.ShouldBe(2);
    }

    [Fact]
    public void Object_when_it_moves_between_incumbents_in_one_plan_is_a_removal_for_the_one_that_loses_it()
    {
        var before = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("a", Where("team=A"), objects: "x,y"), Revision("b", Where("team=A"))).Decided();
        var fleet = before.Publish(Revision("a", Where("team=A"), 2, objects: "x"), Revision("b", Where("team=A"), 2, objects: "y"));
        var result = fleet.Plan();
        result.Changes.Select(change => change.Kind).ShouldBe([ChangeKind.Update, ChangeKind.Update]);
        var removal = Impact.From(result, before, fleet).Removals.ShouldHaveSingleItem();
        (removal.Placement, removal.Objects.Single().ToString()).ShouldBe(("a.c1", "/ConfigMap/default/y"));
    }

    [Fact]
    public void Newcomer_when_a_placement_that_is_removed_in_the_same_plan_had_its_object_takes_it()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("a", Where("team=A").Withdrawing(), objects: "x")).Decided()
            .With(Cluster("c1", "team=B")).Publish(Revision("b", Where("team=B"), objects: "x"));
        fleet.Plan().Changes.Select(change => (change.Promise, change.Kind)).ShouldBe([("a", ChangeKind.Remove), ("b", ChangeKind.Add)]);
    }
}
