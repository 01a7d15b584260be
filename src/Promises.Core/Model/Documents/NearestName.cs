namespace Promises.Model.Documents;

/// <summary>Guesses what was meant by a name that does not exist.</summary>
public static class NearestName
{
    /// <summary><c>Did you mean x?</c> where a known name is near, else the list of the known ones after <paramref name="lead"/>.</summary>
    public static string Remedy(string found, IReadOnlyCollection<string> known, string lead)
    {
        var nearest = known.Where(name => Math.Abs(name.Length - found.Length) <= Reach(found, name))
            .Select(name => (Name: name, Distance: Distance(found.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(n => n.Distance <= Reach(found, n.Name))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal).FirstOrDefault().Name;
        return nearest is not null ? $"Did you mean {nearest}?"
            : known.Count == 0 ? "Leave it out; nothing is known here."
            : $"{lead} {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
    }

    /// <summary>How many edits still look like a slip.</summary>
    private static int Reach(string a, string b) => Math.Max(1, Math.Min(a.Length, b.Length) / 3);

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
