using Microsoft.EntityFrameworkCore;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Tests.Reconciling;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary>What is the matter with one placement is said of that one, and the others go on.</summary>
public sealed class QuarantineTests(TestPostgres postgres, ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_path_that_git_does_not_take_stalls_its_placement_alone()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("far", "near");
        await fleet.MoveFarAsync("far", Long(445), Long(454));
        await fleet.PublishAsync("redis", 1, new string('m', 100));
        await fleet.PublishAsync("etcd", 1, "a");
        await fleet.PlaceAsync("redis", 1, "far", "near");
        await fleet.PlaceAsync("etcd", 1, "far");

        await fleet.SyncAsync();

        var stalled = (await fleet.PlacementAsync("redis", "far"))!;
        stalled.StalledReason.ShouldBe("PathRefused");
        stalled.StalledMessage!.ShouldContain("1024 are allowed");
        (await fleet.PlacementAsync("redis", "near"))!.Commit.ShouldBe(fleet.Repo.Head());
        (await fleet.PlacementAsync("etcd", "far"))!.Commit.ShouldBe(fleet.Repo.Head());
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(0);
        (await fleet.BehindAsync()).ShouldBeEmpty();

        // Tried again with whatever is written, which is no reason for a commit.
        await fleet.SyncAsync();
        fleet.Repo.Commits().ShouldBe(1);

        // An edit is another chance.
        await fleet.PublishAsync("redis", 2, "m");
        await fleet.PlaceAsync("redis", 2, "far", "near");
        await fleet.SyncAsync();
        (await fleet.PlacementAsync("redis", "far"))!.StalledReason.ShouldBeNull();
    }

    [Fact]
    public async Task A_manifest_that_is_damaged_in_the_database_stalls_its_placements_alone()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PublishAsync("etcd", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.PlaceAsync("etcd", 1, "c1");
        await using (var database = fleet.Open()) await database.Database.ExecuteSqlAsync($"UPDATE revisions SET content = '{{}}' WHERE promise = 'redis'", None);

        await fleet.SyncAsync();

        (await fleet.PlacementAsync("redis", "c1"))!.StalledReason.ShouldBe("RenderFailed");
        (await fleet.PlacementAsync("etcd", "c1"))!.Commit.ShouldBe(fleet.Repo.Head());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_manifest_whose_row_is_gone_is_made_anew_from_the_revision_or_stalls_its_placement_alone(bool hasRevision)
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.PublishAsync("redis", 1, "a", "b");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.PublishAsync("etcd", 1, "a");
        await fleet.PlaceAsync("etcd", 1, "c1");
        await fleet.SyncAsync();
        var before = fleet.Repo.Files();
        var manifest = (await fleet.PlacementAsync("redis", "c1"))!.WrittenManifest!;
        await fleet.PublishAsync("redis", 2, "a");
        await fleet.PlaceAsync("redis", 2, "c1");
        await fleet.PublishAsync("etcd", 2, "a");
        await fleet.PlaceAsync("etcd", 2, "c1");

        // The database itself does not let anybody.
        await fleet.RunAsync($"SET session_replication_role = replica; DELETE FROM file_manifests WHERE digest = '{manifest}'; SET session_replication_role = origin");
        if (!hasRevision) await fleet.RunAsync("SET session_replication_role = replica; DELETE FROM revisions WHERE promise = 'redis' AND number = 1; SET session_replication_role = origin");
        fleet.Restart();
        await fleet.SyncAsync();

        (await fleet.PlacementAsync("etcd", "c1"))!.WrittenRevision.ShouldBe(2);
        var redis = (await fleet.PlacementAsync("redis", "c1"))!;
        (redis.StalledReason, redis.WrittenRevision).ShouldBe(hasRevision ? (null, 2) : ("RecordLost", 1));
        if (hasRevision) fleet.Repo.Files().Length.ShouldBe(before.Length - 1);
        else
        {
            redis.StalledMessage!.ShouldContain($"the row {manifest} of file_manifests is gone");
            fleet.Repo.Files().ShouldBe(before);
        }
    }

    [Fact]
    public async Task A_path_without_room_for_the_files_below_it_is_not_taken()
    {
        using var place = new TempDirectory();
        var repo = new GitRepo(place["fleet.git"]);
        var name = Fleet.Name("deep");
        var document = ForeignStore.Document(name, repo.Url);
        document["spec"]!["git"]!["path"] = Long(405);
        await fixture.Client.DoneAsync("POST", "/state-stores", document);

        var reply = await fixture.Client.PostAsync("/clusters", Fleet.Cluster(name, spec: $$""" "stateStore": {"name": "{{name}}", "path": "{{Long(399)}}"} """));
        reply.Mistakes().ShouldBe(["/spec/stateStore/path path"]);
        await fixture.Client.DoneAsync("POST", "/clusters", Fleet.Cluster(name, spec: $$""" "stateStore": {"name": "{{name}}", "path": "{{Long(390)}}"} """));
        await fixture.Client.SettledAsync();
        repo.Files().Length.ShouldBe(2);
    }

    private static string Long(int length) => string.Join('/', Enumerable.Repeat("abcdefghi", (length / 10) + 1))[..length].TrimEnd('/');
}
