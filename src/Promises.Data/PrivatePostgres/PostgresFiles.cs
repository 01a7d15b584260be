using System.Globalization;

namespace Promises.Data;

/// <summary>PostgreSQL's data, in <c>postgres/</c> of the data directory.</summary>
internal sealed class PostgresFiles(DataDirectory directory)
{
    private const string Unfinished = "postgres.init-";

    public string Path { get; } = directory.PathOf("postgres");

    /// <summary>Major version of the PostgreSQL that made them; null if there are none yet.</summary>
    public int? Version() =>
        File.Exists(System.IO.Path.Combine(Path, "PG_VERSION"))
            ? int.Parse(File.ReadAllText(System.IO.Path.Combine(Path, "PG_VERSION")), CultureInfo.InvariantCulture)
            : null;

    /// <summary>Made elsewhere and moved here when whole, so that a crash half way leaves nothing that looks finished.</summary>
    public async Task InitialiseAsync(PostgresBinaries binaries, PostgresUser user, CancellationToken cancellationToken)
    {
        RemoveUnfinished();
        var fresh = directory.Subdirectory(Unfinished + System.IO.Path.GetRandomFileName());
        try
        {
            await MakeAsync(fresh, binaries, user, cancellationToken);
        }
        catch
        {
            RemoveUnfinished();
            throw;
        }

        Directory.Move(fresh, Path);
    }

    private void RemoveUnfinished()
    {
        foreach (var left in Directory.GetDirectories(directory.Path, Unfinished + "*"))
        {
            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (IOException)
            {
                // A program that was just killed still writes there; the next start removes it.
            }
        }
    }

    private static async Task MakeAsync(string fresh, PostgresBinaries binaries, PostgresUser user, CancellationToken cancellationToken)
    {
        if (user.Name is not null) await Tool.RequireAsync($"give {fresh} to user {user.Name}", ["chown", user.Name, "--", fresh], cancellationToken);
        await Tool.RequireAsync(
            "make the private PostgreSQL's files",
            [
                .. user.Prefix, binaries.Initdb, "-D", fresh, "-U", PrivatePostgres.UserName, "-E", "UTF8", "--locale=C", "--data-checksums",
                "--auth-local=trust", "--auth-host=reject", "--no-instructions",
            ],
            cancellationToken);
    }
}
