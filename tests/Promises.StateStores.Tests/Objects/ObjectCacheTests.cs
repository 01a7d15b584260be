namespace Promises.StateStores.Tests;

public sealed class ObjectCacheTests
{
    [Fact]
    public void What_was_not_used_for_the_longest_time_goes_when_there_is_too_much()
    {
        var trees = Enumerable.Range(1, 4).Select(i => GitObject.Of(GitObjectType.Tree, new byte[10_000 + i])).ToList();
        var cache = new ObjectCache(35_000);
        foreach (var tree in trees.Take(3)) cache.Add(tree);
        cache.Find(trees[0].Id).ShouldBe(trees[0]);

        cache.Add(trees[3]);
        cache.Add(trees[3]);

        trees.Select(tree => cache.Find(tree.Id) is not null).ShouldBe([true, false, true, true]);
        cache.Add(GitObject.Of(GitObjectType.Tree, new byte[40_000]));
        trees.ShouldAllBe(tree => cache.Find(tree.Id) == null);
    }
}
