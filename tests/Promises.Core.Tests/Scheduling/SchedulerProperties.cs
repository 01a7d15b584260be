using FsCheck;
using FsCheck.Fluent;
using Promises.Model;
using Promises.Scheduling;

namespace Promises.Core.Tests.Scheduling;

public sealed class SchedulerProperties
{
    [Fact]
    public void Plan_when_the_input_comes_in_another_order_is_the_same() => Check(fleet =>
    {
        var shuffled = new Random(1);
        var copy = FleetSnapshot.Create(
            fleet.Version, Shuffle(fleet.Ladder), Shuffle(fleet.Ladder.SelectMany(rung => fleet.PinsOf(rung.Name).Select(pin => new PinState(rung.Name, pin.Key, pin.Value)))),
            Shuffle(fleet.Stores), Shuffle(fleet.Clusters), Shuffle(fleet.Promises), Shuffle(fleet.Promises.SelectMany(fleet.RevisionsOf)), Shuffle(fleet.Placements));
        Same(fleet.Plan(), copy.Plan());

        IEnumerable<T> Shuffle<T>(IEnumerable<T> items) => items.OrderBy(_ => shuffled.Next()).ToList();
    });

    [Fact]
    public void Plan_when_scoped_to_each_cluster_is_the_full_plan() => Check(fleet =>
    {
        var parts = fleet.Clusters.SelectMany(cluster => Scheduler.Plan(fleet, Scope.Of(cluster.Name)).Changes)
            .OrderBy(change => change.Promise, StringComparer.Ordinal).ThenBy(change => change.Cluster, StringComparer.Ordinal).ToList();
        Same(fleet.Plan(), new SchedulingResult(parts));
    });

    [Fact]
    public void Scope_when_something_changes_holds_every_cluster_whose_plan_changes() => Prop.ForAll(GeneratedFleet.Arbitrary, generated =>
    {
        var settled = generated.Create().Decided().Decided();
        var changed = generated.ChangeOnce(settled);
        Same(changed.Plan(), Scheduler.Plan(changed, ScopeOf.Between(settled, changed)));
    }).Check(Many);

    [Theory]
    [InlineData(PlanMode.Deliberate)]
    [InlineData(PlanMode.Resync)]
    public void Plan_when_it_has_been_carried_out_has_nothing_more_to_do(PlanMode mode) => Check(fleet =>
    {
        var after = fleet.Decided(mode);
        // A composite that stands or falls with members which are in its own way leaves no state that is right at once: the second plan settles it.
        if (HasComposites(after)) after = after.Decided(mode);
        after.Plan(mode).Changes.Select(change => $"{change.Before} -> {change.After}").ShouldBeEmpty();
    });

    [Fact]
    public void Composites_when_they_are_planned_hardly_ever_need_a_second_plan() =>
        Enumerable.Range(0, 4000).Select(seed => new GeneratedFleet(seed).Create()).Count(fleet => fleet.Decided().Plan().Changes.Count > 0).ShouldBeLessThan(20);

    [Fact]
    public void Resync_when_a_deliberate_plan_has_been_carried_out_finds_nothing() => Check(fleet =>
        (HasComposites(fleet) ? fleet.Decided() : fleet).Decided().Plan(PlanMode.Resync).Changes.Select(change => $"{change.Before} -> {change.After}").ShouldBeEmpty());

    [Fact]
    public void Newcomer_when_an_incumbent_is_in_its_way_never_takes_its_place() => Check(fleet =>
    {
        var after = fleet.Decided();
        foreach (var change in fleet.Plan().Changes.Where(change => change.IsRemoval))
        {
            // Nobody is removed but by a deleted Promise or by its own pin's onUnmatch.
            var pin = fleet.RevisionOn(change.Promise, fleet.FindCluster(change.Cluster)!);
            (!fleet.HasPromise(change.Promise) || pin!.Placement.OnUnmatch == OnUnmatch.Withdraw).ShouldBeTrue(change.Message);
        }

        if (HasComposites(fleet)) return;

        // Whoever is held back meets another incumbent in what the pin would have it gain.
        foreach (var held in after.Placements.Where(placement => placement is { Outcome: PlacementOutcome.Blocked, Delivers: true, Reason: not ScheduledReason.MemberNotPinned }))
        {
            var pinned = after.RevisionOn(held.Promise, after.FindCluster(held.Cluster)!)!;
            var others = after.PlacementsOn(held.Cluster).Where(other => other.Delivers && other.Promise != held.Promise && fleet.FindPlacement(other.Promise, held.Cluster) is { Delivers: true })
                .Select(other => after.FindRevision(other.Promise, other.Revision)!).ToList();
            others.ShouldContain(other => Conflict(pinned, other), held.Message);
        }
    });

    private static bool HasComposites(FleetSnapshot fleet) => fleet.Promises.SelectMany(fleet.RevisionsOf).Any(revision => revision.Includes.Count > 0);

    private static bool Conflict(RevisionState a, RevisionState b) =>
        a.Objects.Any(x => b.Objects.Any(y => x.Identity == y.Identity)) || a.Provides.Any(x => b.Provides.Any(y => x.Name == y.Name && (x.Exclusive || y.Exclusive)));

    [Theory]
    [InlineData(PlanMode.Deliberate)]
    [InlineData(PlanMode.Resync)]
    public void Cluster_when_planned_has_one_definition_of_each_object(PlanMode mode) => Check(fleet =>
    {
        var after = fleet.Decided(mode);
        foreach (var cluster in after.Clusters)
        {
            after.PlacementsOn(cluster.Name).SelectMany(placement => after.ObjectsOf(placement)).Select(item => item.Identity).ShouldBeUnique();
        }
    });

    [Fact]
    public void Cluster_when_planned_has_one_holder_of_a_capability_that_is_exclusive() => Check(fleet =>
    {
        var after = fleet.Decided();
        foreach (var cluster in after.Clusters)
        {
            var capabilities = after.PlacementsOn(cluster.Name).Where(placement => placement.Delivers)
                .SelectMany(placement => after.FindRevision(placement.Promise, placement.Revision)!.Provides).GroupBy(capability => capability.Name);
            capabilities.ShouldAllBe(group => group.Count() == 1 || group.All(capability => !capability.Exclusive));
        }
    });

    [Fact]
    public void Resync_when_it_plans_takes_nothing_away() => Check(fleet =>
    {
        var result = fleet.Plan(PlanMode.Resync);
        Impact.From(result, fleet, fleet.WithDecisions(result)).Removals.ShouldBeEmpty();
    });

    [Fact]
    public void Member_when_it_is_included_has_a_parent_that_is_there() => Check(fleet =>
    {
        var after = fleet.Decided();
        foreach (var placement in after.Placements)
        {
            foreach (var parent in placement.IncludedBy) after.FindPlacement(parent, placement.Cluster).ShouldNotBeNull().Delivers.ShouldBeTrue();
        }
    });

    [Fact]
    public void Newcomer_when_it_is_placed_has_what_it_requires() => Check(fleet =>
    {
        foreach (var change in fleet.Plan().Changes.Where(change => change.Kind == ChangeKind.Add))
        {
            var after = fleet.Decided();
            foreach (var entry in after.FindRevision(change.Promise, change.After!.Revision)!.Requires)
            {
                var required = after.FindPlacement(entry.Promise, change.Cluster).ShouldNotBeNull();
                required.Delivers.ShouldBeTrue();
                after.FindRevision(entry.Promise, required.Revision)!.Satisfies(entry.Range).ShouldBeTrue();
            }
        }
    });

    [Fact]
    public void Verdict_when_the_plan_is_carried_out_says_what_was_decided() => Check(fleet =>
    {
        var after = HasComposites(fleet) ? fleet.Decided().Decided() : fleet.Decided();
        foreach (var cluster in after.Clusters)
        {
            foreach (var verdict in Explainer.Explain(after, null, cluster.Name).Items)
            {
                var placement = after.FindPlacement(verdict.Promise, cluster.Name);
                verdict.Outcome.ShouldBe(placement?.Outcome ?? PlacementOutcome.NotPlaced);
                verdict.Rules.Select(rule => rule.Rule).ShouldBe(RuleNames.All);
                if (verdict.Outcome is PlacementOutcome.NotPlaced) verdict.Rules.ShouldContain(rule => !rule.Passed, $"{verdict.Name}: {verdict.Headline}");
            }
        }
    });

    [Fact]
    public void Generator_when_it_makes_fleets_makes_every_kind_of_decision()
    {
        var reasons = Enumerable.Range(0, 400).SelectMany(seed => new GeneratedFleet(seed).Create().Decided().Placements)
            .GroupBy(placement => (placement.Reason, placement.Delivers)).ToDictionary(group => group.Key, group => group.Count());
        foreach (var reason in Enum.GetValues<ScheduledReason>().Except([ScheduledReason.AwaitingConfirmation]))
        {
            reasons.Keys.ShouldContain(key => key.Reason == reason);
        }

        reasons.Keys.ShouldContain((ScheduledReason.ObjectCollision, true));
        reasons.Keys.ShouldContain((ScheduledReason.ExclusiveCapability, true));
        reasons.Keys.ShouldContain((ScheduledReason.ObjectCollision, false));
    }

    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static void Check(Action<FleetSnapshot> property) => Prop.ForAll(GeneratedFleet.Arbitrary, generated => property(generated.Create())).Check(Many);

    private static void Same(SchedulingResult expected, SchedulingResult actual) => Lines(actual).ShouldBe(Lines(expected));

    private static List<string> Lines(SchedulingResult result) => [.. result.Changes.Select(change =>
        $"{change.Kind} {change.Promise}.{change.Cluster} {change.Before?.Revision}->{change.After?.Revision} {change.After?.Outcome} {change.After?.Reason} {change.Rule} {change.Message} [{string.Join(',', change.After?.IncludedBy ?? [])}] [{string.Join(',', change.After?.DependsOn ?? [])}]")];
}
