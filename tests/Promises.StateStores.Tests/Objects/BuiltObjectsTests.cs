namespace Promises.StateStores.Tests;

public sealed class BuiltObjectsTests
{
    [Fact]
    public void Objects_of_several_commits_are_answered_once_each()
    {
        var built = new BuiltObjects();
        built.Add("x", [Blob(1), Blob(2)]);
        built.Add("y", [Blob(2), Blob(3)]);

        built.Of(["x", "y"])!.Select(one => one.Content.Length).ShouldBe([1, 2, 3]);
        built.Of(["y"])!.Count.ShouldBe(2);
        built.Of(["x", "z"]).ShouldBeNull();
    }

    [Fact]
    public void None_are_kept_where_all_would_be_too_many()
    {
        var built = new BuiltObjects(limit: 100);
        built.Add("x", [Blob(60)]);
        built.Add("y", [Blob(60), Blob(40)]);
        built.Of(["x", "y"]).ShouldNotBeNull("what both have counts once");

        built.Add("z", [Blob(1)]);
        (built.Of(["x"]) ?? built.Of(["y"]) ?? built.Of(["z"])).ShouldBeNull();
        built.Add("z", [Blob(1)]);
        built.Of(["z"]).ShouldNotBeNull();
    }

    private static GitObject Blob(int size) => GitObject.Of(GitObjectType.Blob, new byte[size]);
}
