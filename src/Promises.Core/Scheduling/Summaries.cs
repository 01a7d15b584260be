namespace Promises.Scheduling;

/// <summary>One sentence over many verdicts: how many take it, and how many miss which rule first.</summary>
internal static class Summaries
{
    public static string Of(IEnumerable<Judgement> judgements, string? promise, string? cluster)
    {
        var (total, takes) = (0, 0);
        var misses = new Dictionary<(string Rule, string Group), int>();
        foreach (var judgement in judgements)
        {
            total++;
            if (judgement.Takes) takes++;
            else if (judgement.First is { } first) misses[(first.Rule, first.Group)] = misses.GetValueOrDefault((first.Rule, first.Group)) + 1;
        }

        var subject = promise is not null ? $"{takes} of {total} clusters take {promise}" : $"{takes} of {total} promises are on {cluster}";
        // The commonest first; of equals, those that are closest to being placed.
        var reasons = misses
            .OrderByDescending(miss => miss.Value)
            .ThenByDescending(miss => RuleNames.All.ToList().IndexOf(miss.Key.Rule))
            .ThenBy(miss => miss.Key.Group, StringComparer.Ordinal)
            .Select(miss => $"{miss.Value} {miss.Key.Rule} ({miss.Key.Group})");
        return misses.Count == 0 ? subject + "." : $"{subject}: {string.Join(", ", reasons)}.";
    }
}
