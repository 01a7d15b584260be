namespace Promises.Scheduling;

/// <summary>Which rows have which contested claims.</summary>
internal sealed class Holders
{
    private Dictionary<ClaimUse, List<(Row Row, bool Exclusive)>>? _claims;

    public IEnumerable<KeyValuePair<ClaimUse, List<(Row Row, bool Exclusive)>>> Shared => _claims?.Where(claim => claim.Value.Count > 1) ?? [];

    public bool IsEmpty => _claims is null or { Count: 0 };

    public void Clear() => _claims?.Clear();

    public void Add(Row row, Contest[] contests)
    {
        if (contests.Length == 0) return;
        _claims ??= [];
        foreach (var contest in contests)
        {
            if (!_claims.TryGetValue(contest.Use, out var rows)) _claims.Add(contest.Use, rows = []);
            rows.Add((row, contest.Exclusive));
        }
    }

    public IReadOnlyList<(Row Row, bool Exclusive)> Of(ClaimUse use) => _claims is not null && _claims.TryGetValue(use, out var rows) ? rows : [];
}
