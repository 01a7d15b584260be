namespace Promises.Data;

/// <summary>What of the schema is in place.</summary>
/// <param name="Conflict">Why this program must not touch the database, as a sentence; null if nothing is wrong.</param>
public sealed record MigrationState(IReadOnlyList<string> Applied, IReadOnlyList<Migration> Pending, string? Conflict)
{
    public bool IsCurrent => Conflict is null && Pending.Count == 0;

    internal static MigrationState Of(IReadOnlyList<Migration> known, IReadOnlyList<(string Name, string Checksum)> applied)
    {
        var pending = known.Where(migration => applied.All(row => row.Name != migration.Name)).ToList();
        return new MigrationState([.. applied.Select(row => row.Name)], pending, ConflictOf(known, applied, pending));
    }

    private static string? ConflictOf(IReadOnlyList<Migration> known, IReadOnlyList<(string Name, string Checksum)> applied, List<Migration> pending)
    {
        foreach (var (name, checksum) in applied)
        {
            var migration = known.FirstOrDefault(migration => migration.Name == name);
            if (migration is null)
            {
                return $"The database has migration {name}, which this version does not know: it was used by a newer version. Start that one, or restore a backup from before.";
            }

            if (migration.Checksum != checksum)
            {
                return $"Migration {name} was applied with checksum {checksum}, but here it has {migration.Checksum}: an applied migration must never be edited. Put the file back and add a new one.";
            }
        }

        var last = applied.Count == 0 ? null : applied[^1].Name;
        var late = pending.FirstOrDefault(migration => string.CompareOrdinal(migration.Name, last) < 0);
        return late is null ? null : $"Migration {late.Name} is not applied, but {last}, which comes after it, is. Give it a number after the last one.";
    }
}
