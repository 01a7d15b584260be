using Promises.Scheduling;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Scheduling;

public sealed class SnapshotTests
{
    private static readonly FleetSnapshot s_fleet = Fleet().With(Cluster("c1", "team=A"), Cluster("c2"), Cluster("a1", "team=A", "apps"))
        .Publish(Revision("redis", Where("team=A"))).Decided();

    [Fact]
    public void Snapshot_when_it_is_moved_on_leaves_the_earlier_one_as_it_was()
    {
        var moved = s_fleet.WithCluster(Cluster("c2", "team=A")).WithPin("apps", "redis", 1).WithVersion(7).Decided();
        (moved.Version, moved.Placements.Count(), s_fleet.Version, s_fleet.Placements.Count()).ShouldBe((7, 3, 0, 1));
        s_fleet.PinsOf("apps").ShouldBeEmpty();
    }

    [Fact]
    public void Scope_when_one_label_changes_is_that_cluster() =>
        Clusters(s_fleet, s_fleet.WithCluster(Cluster("c2", "team=A")).WithVersion(2)).ShouldBe(["c2"]);

    [Fact]
    public void Scope_when_a_pin_moves_is_where_it_was_or_is_for_or_placed() => Clusters(s_fleet, s_fleet.Publish(Revision("redis", Where("tier=1"), 2))).ShouldBe(["c1"]);

    [Fact]
    public void Scope_when_nothing_that_matters_changes_is_empty() =>
        Clusters(s_fleet, s_fleet.WithStore(new StoreState("other", Model.Layout.Kratix, null, "main", "")).WithRevision(Revision("redis", Where("team=B"), 9))).ShouldBeEmpty();

    [Fact]
    public void Scope_when_the_audience_of_an_environment_changes_is_all_its_clusters() =>
        Clusters(s_fleet, s_fleet.WithEnvironment(new EnvironmentState("ops", 10, Model.Audience.External))).ShouldBe(["c1", "c2"]);

    [Fact]
    public void Scope_when_the_snapshots_are_not_related_is_everything() => ScopeOf.Between(Fleet(), s_fleet).ShouldBe(Scope.Everything);

    [Theory]
    [InlineData("b", "", "c", "a", "a -> b -> c -> a")]
    [InlineData("a", "", "", "", "a -> a")]
    [InlineData("b", "", "c", "", null)]
    public void Requires_when_they_close_a_cycle_are_told_as_a_path(string a, string includes, string b, string c, string? path)
    {
        var fleet = Fleet().Publish(Revision("b", Everywhere(), requires: b), Revision("c", Everywhere(), requires: c));
        var cycle = CatalogCycles.Find(fleet, "ops", Revision("a", Everywhere(), includes: includes, requires: a));
        (cycle is null ? null : string.Join(" -> ", cycle)).ShouldBe(path);
    }

    [Fact]
    public void Cycle_when_includes_and_requires_go_the_same_way_or_mix_is_none()
    {
        var fleet = Fleet().Publish(Revision("b", Everywhere(), requires: "a"));
        CatalogCycles.Find(fleet, "ops", Revision("a", Everywhere(), includes: "b")).ShouldBeNull();
        CatalogCycles.Find(fleet.Publish(Revision("b", Everywhere(), 2)), "ops", Revision("a", Everywhere(), includes: "b", requires: "b")).ShouldBeNull();
        CatalogCycles.Find(fleet.Publish(Revision("b", Everywhere(), 2, includes: "a")), "ops", Revision("a", Everywhere(), includes: "b")).ShouldBe(["a", "b", "a"]);
    }

    private static List<string> Clusters(FleetSnapshot before, FleetSnapshot after) => [.. ScopeOf.Between(before, after).ShouldBeOfType<Scope.Some>().Clusters.Order()];
}
