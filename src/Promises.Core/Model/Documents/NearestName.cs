namespace Promises.Model.Documents;

/// <summary>Guesses what was meant by a name that does not exist.</summary>
public static class NearestName
{
    /// <summary><c>Did you mean x?</c> where a known name is near, else the list of the known ones after <paramref name="lead"/>.</summary>
    public static string Remedy(string found, IReadOnlyCollection<string> known, string lead)
    {
        var nearest = known.Select(name => (Name: name, Distance: Distance(Fold(found), Fold(name))))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(1, Math.Min(found.Length, nearest.Name.Length) / 3)
            ? $"Did you mean {nearest.Name}?"
            : known.Count == 0 ? "Leave it out; nothing is known here." : $"{lead} {string.Join(", ", known)}.";
    }

    private static string Fold(string name) => name.Length > 64 ? name[..64].ToUpperInvariant() : name.ToUpperInvariant();

    /// <summary>Edits (insert, delete, replace, swap of neighbours) that lead from one to the other.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replace, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
