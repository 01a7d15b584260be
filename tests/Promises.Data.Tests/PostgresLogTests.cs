using Promises.Testing;

namespace Promises.Data.Tests;

public sealed class PostgresLogTests : IDisposable
{
    private readonly TempDirectory _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Log_is_bounded()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        var log = new PostgresLog(directory.PathOf("postgres.log"), 1000);
        log.Prepare();
        await File.AppendAllTextAsync(log.Path, new string('x', 1001), Cancel);

        log.Bound();

        new FileInfo(log.Path).Length.ShouldBe(0);
        File.GetUnixFileMode(log.Path + ".1").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
