using System.Globalization;

namespace Promises.Data;

/// <summary>One installation of PostgreSQL's programs.</summary>
internal sealed record PostgresBinaries(string Directory, int Version)
{
    private const string Debian = "/usr/lib/postgresql";
    private static readonly string[] Programs = ["initdb", "postgres", "pg_ctl"];

    public string Initdb => Path.Combine(Directory, "initdb");

    public string Postgres => Path.Combine(Directory, "postgres");

    public string PgCtl => Path.Combine(Directory, "pg_ctl");

    /// <summary>The first in PATH, then the newest of Debian's; for data that exists, only one of the version that made it.</summary>
    /// <param name="version">Major version of the data; null if there are none yet.</param>
    public static async Task<PostgresBinaries> FindAsync(PrivatePostgresOptions options, int? version, CancellationToken cancellationToken)
    {
        var found = new List<PostgresBinaries>();
        foreach (var directory in Candidates(options).Distinct().Where(IsComplete))
        {
            var said = await Tool.RequireAsync("ask PostgreSQL for its version", [Path.Combine(directory, "postgres"), "--version"], cancellationToken);
            found.Add(new PostgresBinaries(directory, MajorOf(said)));
            if (version is null || found[^1].Version == version) return found[^1];
        }

        throw new PrivatePostgresException(found.Count == 0
            ? $"PostgreSQL is not installed: {string.Join(", ", Programs)} are neither in PATH nor in {Debian}/*/bin. Install the package postgresql, or set ConnectionStrings__Promises to a server."
            : $"The data were made by PostgreSQL {version}, but installed is {string.Join(" and ", found.Select(binaries => binaries.Version))}. Install the package postgresql-{version}, or upgrade the data with pg_upgrade.");
    }

    private static IEnumerable<string> Candidates(PrivatePostgresOptions options)
    {
        if (options.Binaries is not null) return [options.Binaries];

        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var debian = !System.IO.Directory.Exists(Debian) ? [] : System.IO.Directory.GetDirectories(Debian)
            .OrderByDescending(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Select(directory => Path.Combine(directory, "bin"));
        return path.Where(Path.IsPathRooted).Concat(debian);
    }

    private static bool IsComplete(string directory) => Programs.All(program => File.Exists(Path.Combine(directory, program)));

    // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 18beta1"
    private static int MajorOf(string said)
    {
        var digits = string.Concat((said.Split(") ") is [_, var rest, ..] ? rest : "").TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new PrivatePostgresException($"Could not read PostgreSQL's version from what it said: {said}");
    }
}
