using Promises.Manifests;
using Promises.Model;
using Promises.Scheduling;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Scheduling;

public sealed class ImpactTests
{
    [Fact]
    public void Impact_when_a_revision_changes_objects_counts_them_by_identity()
    {
        var before = Fleet().With(Cluster("c1", "team=A"), Cluster("a1", "team=A", "apps")).Publish(Revision("redis", Where("team=A"), objects: "x,y,z"))
            .WithPin("apps", "redis", 1).Decided();
        var fleet = before.Publish(Revision("redis", Where("team=A"), 2, objects: "x,y*,w")).WithPin("apps", "redis", 2);
        var impact = Impact.From(fleet.Plan(), before, fleet);
        impact.Objects.ShouldBe(new ObjectCounts(2, 2, 2));
        impact.ToJson().ToJsonString().ShouldBe(
            """{"clusters":2,"environments":["ops","apps"],"external":1,"placements":{"Add":0,"Update":2,"Remove":0,"Retain":0,"Block":0},"objects":{"added":2,"changed":2,"removed":2},"removals":[{"placement":"redis.a1","objects":["/ConfigMap/default/z"]},{"placement":"redis.c1","objects":["/ConfigMap/default/z"]}]}""");
    }

    [Fact]
    public void Digest_when_the_removals_differ_differs_and_else_not()
    {
        var before = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("redis", Where("team=A").Withdrawing(), objects: "x,y")).Decided();
        var gone = before.With(Cluster("c1"));
        var less = before.Publish(Revision("redis", Where("team=A"), 2, objects: "x"));
        var removals = Impact.From(gone.Plan(), before, gone);
        removals.RemovalsDigest.ShouldBe(Impact.From(gone.Plan(), before, gone).RemovalsDigest);
        removals.RemovalsDigest.ShouldNotBe(Impact.From(less.Plan(), before, less).RemovalsDigest);
    }

    [Fact]
    public void Files_when_a_placement_comes_changes_and_goes_are_named_from_the_root_of_the_repository()
    {
        var empty = Fleet().WithStore(new StoreState("default", Layout.Placements, null, "main", "base")).With(Cluster("c1", "team=A")).WithRevision(Revision("redis", Where("team=A"), objects: "x,y"));
        var published = empty.WithPin("ops", "redis", 1);
        Files(empty, published).ShouldBe(
            ["Add base/clusters/c1/flux/redis.yaml", "Add base/clusters/c1/placements/redis/50-configmap-default-x.yaml", "Add base/clusters/c1/placements/redis/50-configmap-default-y.yaml"]);

        var placed = published.Decided();
        var changed = placed.Publish(Revision("redis", Where("team=A"), 2, objects: "x*,z"));
        Files(placed, changed).ShouldBe(
        [
            "Change base/clusters/c1/placements/redis/50-configmap-default-x.yaml", "Remove base/clusters/c1/placements/redis/50-configmap-default-y.yaml",
            "Add base/clusters/c1/placements/redis/50-configmap-default-z.yaml",
        ]);

        Files(placed, placed.WithoutPromise("redis")).ShouldAllBe(file => file.StartsWith("Remove "));
        Files(placed, placed.WithoutCluster("c1")).Count.ShouldBe(3);
    }

    [Fact]
    public void Files_when_a_placement_waits_for_another_one_change_its_flux_child_only()
    {
        var placed = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("app", Where("team=A"), objects: "x", requires: "cert"), Revision("cert", Where("team=A"))).Decided();
        var fleet = placed.Publish(Revision("cert", Where("team=A"), 2, objects: "y"));
        var change = fleet.Plan().Changes.Single(change => change.Promise == "app");
        PlanFiles.Of(change, placed, fleet, Layouts.For).ShouldBe([new FileChange("clusters/c1/flux/app.yaml", FileChangeKind.Change)]);
    }

    private static List<string> Files(FleetSnapshot before, FleetSnapshot after) =>
        [.. after.Plan().Changes.SelectMany(change => PlanFiles.Of(change, before, after, Layouts.For)).Select(file => $"{file.Change} {file.Path}")];
}
