using System.Diagnostics;
using System.Text;
using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class PackWriterTests : IDisposable
{
    private readonly TempDirectory _root = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2_000)]
    public void Index_of_a_pack_is_the_one_that_git_makes_of_it(int count)
    {
        var random = new Random(count);
        var objects = Enumerable.Range(0, count).Select(i =>
        {
            var content = new byte[random.Next(0, 500)];
            random.NextBytes(content);
            return GitObject.Of(GitObjectType.Blob, (byte[])[.. content, .. BitConverter.GetBytes(i)]);
        }).ToList();
        var (pack, index) = (_root["ours.pack"], _root["ours.idx"]);
        PackContent content;
        using (var file = File.Create(pack)) content = PackWriter.Write(objects, file);
        using (var file = File.Create(index)) PackIndex.Write(content, file);

        GitRepo.Git("index-pack", "-o", _root["gits.idx"], pack).Trim().ShouldBe(Convert.ToHexStringLower(content.Hash));

        File.ReadAllBytes(index).ShouldBe(File.ReadAllBytes(_root["gits.idx"]));
    }

    [Fact]
    public void Git_takes_a_pack_and_knows_its_objects_by_the_same_ids()
    {
        var objects = new[] { 0, 1, 15, 16, 2047, 2048, 300_000 }.Select(size => GitObject.Of(GitObjectType.Blob, Encoding.ASCII.GetBytes(new string('x', size)))).ToList();
        objects.Add(GitObject.Of(GitObjectType.Tree, (byte[])[.. "100644 a\0"u8, .. Convert.FromHexString(objects[0].Id)]));
        objects.Add(GitObject.Of(GitObjectType.Commit, Encoding.ASCII.GetBytes($"tree {objects[^1].Id}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nsubject\n")));
        var repo = new GitRepo(_root["pack.git"]);

        var start = new ProcessStartInfo("git", ["-C", repo.Path, "index-pack", "--stdin", "--strict"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var indexing = Process.Start(start)!;
        PackWriter.Write(objects, indexing.StandardInput.BaseStream);
        indexing.StandardInput.Close();
        indexing.WaitForExit();

        Assert.Equal(0, indexing.ExitCode);
        Assert.All(objects, one => Assert.Equal(one.Content.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), repo.In("cat-file", "-s", one.Id).Trim()));
        Assert.Equal("subject\n", repo.Message(objects[^1].Id).TrimEnd() + "\n");
    }

    public void Dispose() => _root.Dispose();
}
