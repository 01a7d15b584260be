namespace Promises.Benchmarks.Harness;

/// <summary>What a server asks its database, from PostgreSQL's log of all statements.</summary>
internal sealed class Statements(BenchDatabase database)
{
    private long _from;

    /// <summary>Sessions that begin from now on are logged.</summary>
    public async Task LogAsync()
    {
        var name = await database.AskAsync<string>("SELECT current_database()::text");
        await database.RunAsync($"ALTER DATABASE {name} SET log_statement = 'all'");
    }

    public void Begin() => _from = new FileInfo(database.Log).Length;

    /// <summary>The statements since <see cref="Begin"/>; a batch counts once for each of its statements.</summary>
    public IReadOnlyList<string> End()
    {
        using var stream = new FileStream(database.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(_from, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        var statements = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Contains("LOG:  execute", StringComparison.Ordinal) || line.Contains("LOG:  statement:", StringComparison.Ordinal)) statements.Add(line);
        }

        return statements;
    }
}
