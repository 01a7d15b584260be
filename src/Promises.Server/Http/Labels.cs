using Promises.Model;
using Promises.Selectors;

namespace Promises.Server.Http;

/// <summary>The query parameter <c>labelSelector</c>.</summary>
internal static class Labels
{
    /// <summary>A test on labels; without a selector everything passes.</summary>
    public static Outcome<Func<IReadOnlyDictionary<string, string>, bool>> Parse(string? selector)
    {
        if (selector is null) return (Func<IReadOnlyDictionary<string, string>, bool>)(_ => true);

        return LabelSelectorText.TryParse(selector, out var query, out var error)
            ? (Func<IReadOnlyDictionary<string, string>, bool>)query.Matches
            : new Failure.Malformed($"labelSelector: {error}");
    }
}
