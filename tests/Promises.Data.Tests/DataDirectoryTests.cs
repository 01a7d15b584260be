using System.Text;
using Promises.Testing;

namespace Promises.Data.Tests;

public sealed class DataDirectoryTests : IDisposable
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly TempDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Second_server_on_a_directory_is_refused_in_clear_words()
    {
        using var first = DataDirectory.Open(_place["data"]);

        Should.Throw<DataDirectoryException>(() => DataDirectory.Open(_place["data"] + "/")).Message.ShouldContain("used by another server");
    }

    [Fact]
    public void Directory_can_be_opened_again_once_its_server_is_gone()
    {
        DataDirectory.Open(_place["data"]).Dispose();

        DataDirectory.Open(_place["data"]).Dispose();
    }

    [Fact]
    public void Directory_with_foreign_files_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(_place["home"]);
        File.WriteAllText(_place["home/notes.txt"], "");
        var mode = File.GetUnixFileMode(_place["home/notes.txt"]);

        Should.Throw<DataDirectoryException>(() => DataDirectory.Open(_place["home"])).Message.ShouldContain("notes.txt");

        File.GetUnixFileMode(_place["home/notes.txt"]).ShouldBe(mode);
        File.Exists(_place["home/server.lock"]).ShouldBeFalse();
    }

    [Fact]
    public void Path_that_is_a_file_is_refused_by_name()
    {
        File.WriteAllText(_place["file"], "");

        Should.Throw<DataDirectoryException>(() => DataDirectory.Open(_place["file"])).Message.ShouldContain(_place["file"]);
    }

    [Fact]
    public async Task Nothing_in_it_is_readable_to_others()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        directory.Subdirectory("stores");
        await directory.WriteFileAsync("admin.token", Encoding.ASCII.GetBytes("secret"), TestContext.Current.CancellationToken);

        File.GetUnixFileMode(directory.PathOf("admin.token")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var entry in new DirectoryInfo(directory.Path).EnumerateFileSystemInfos()) (entry.UnixFileMode & Others).ShouldBe(default, entry.Name);
        (File.GetUnixFileMode(directory.Path) & Others).ShouldBe(default);
    }

    [Fact]
    public void What_was_opened_up_in_the_meantime_is_closed_again()
    {
        DataDirectory.Open(_place["data"]).Dispose();
        File.WriteAllText(_place["data/admin.token"], "laid out by hand");
        File.SetUnixFileMode(_place["data/admin.token"], UnixFileMode.UserRead | UnixFileMode.OtherRead);

        using var directory = DataDirectory.Open(_place["data"]);

        File.GetUnixFileMode(directory.PathOf("admin.token")).ShouldBe(UnixFileMode.UserRead);
    }

    [Fact]
    public void As_root_others_may_pass_through_and_no_more()
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "needs root");

        using var directory = DataDirectory.Open(_place["data"]);

        Convert.ToString((int)File.GetUnixFileMode(directory.Path), 8).ShouldBe("711");
    }
}
