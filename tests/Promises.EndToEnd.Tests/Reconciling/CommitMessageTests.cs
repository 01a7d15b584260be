using Promises.Server.Reconciling;

namespace Promises.Server.Tests.Reconciling;

public sealed class CommitMessageTests
{
    [Fact]
    public void A_subject_lists_what_differs_and_stays_short()
    {
        var notes = Enumerable.Range(0, 30).Select(i => new ClusterNote($"c{i}", ClusterEvent.None, [new PlacementNote("redis", 1, 2), new PlacementNote($"promise-{i:00}", null, 3)])).ToList();

        var subject = Compose(notes).Split('\n')[0];

        subject.ShouldBe("60 placements on 30 clusters: promise-00 added at 3, promise-01 added at 3, promise-02 added at 3, …");
    }

    [Fact]
    public void Each_cluster_has_a_line_and_what_was_removed_no_trailer()
    {
        var message = Compose([
            new ClusterNote("c1", ClusterEvent.None, [new PlacementNote("redis", null, 3), new PlacementNote("cert-manager", 1, 2)]),
            new ClusterNote("c2", ClusterEvent.OffBoarded, [new PlacementNote("redis", 2, null)]),
            new ClusterNote("c3", ClusterEvent.FilesUpdated, []),
        ]);

        message.ShouldBe(
            """
            3 placements on 3 clusters: cert-manager 1 -> 2, redis added at 3, redis 2 removed, c2 off-boarded, …

            c1: redis added at 3, cert-manager 1 -> 2
            c2: redis 2 removed, off-boarded
            c3: files updated

            Promises-Placement: redis.c1@3
            Promises-Placement: cert-manager.c1@2
            Promises-Change: 7
            Promises-Change: 8
            Promises-Requested-By: ci
            Promises-Store: fleet
            Promises-Epoch: 4
            Promises-Version: 9

            """);
    }

    private static string Compose(IReadOnlyList<ClusterNote> notes)
    {
        var plan = new BranchPlan(
            "main", null, [], notes, [new PendingChange(7, "ci"), new PendingChange(8, "ci")], new Dictionary<string, IReadOnlyDictionary<string, string>>(),
            new BranchRecord("main", null, null, [], [], [7, 8]));
        return CommitMessage.Compose(plan, "fleet", epoch: 4, version: 9);
    }
}
