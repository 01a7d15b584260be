using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Server.Http;

/// <summary>Where a page begins and how long it is.</summary>
/// <param name="After">Key of the last item of the page before; null for the first page.</param>
internal sealed record Page(int Limit, string? After);

/// <summary>
/// Pages by key, without a snapshot: an object that exists throughout is seen exactly once. <c>continue</c> holds the last key and a digest over it, the path and
/// the other parameters, so that one of another list, or one that was edited, is told from a good one.
/// </summary>
internal static class Paging
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    public static Outcome<Page> Read(HttpRequest request)
    {
        var limit = DefaultLimit;
        if (Query.Value(request, "limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
            return new Failure.Malformed($"limit is a number from 1 to {MaxLimit}.");

        if (string.IsNullOrEmpty(Query.Value(request, "continue"))) return new Page(limit, null);

        return Open(request) is { } after
            ? new Page(limit, after)
            : new Failure.Malformed("continue is not one that this list gave out for these parameters. Begin again without it.");
    }

    /// <summary>The list document of one page.</summary>
    /// <param name="items">Up to <see cref="Page.Limit"/> + 1 items: one more than the page holds tells that there is another page.</param>
    /// <param name="key">What the list is ordered by, unique.</param>
    public static JsonObject List<T>(
        HttpRequest request, Page page, string kind, long version, IReadOnlyList<T> items, Func<T, string> key, Func<T, JsonNode> view)
    {
        var more = items.Count > page.Limit;
        return ApiResults.Object(
            kind,
            ("metadata", new JsonObject
            {
                ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture),
                ["continue"] = more ? Continue(request, key(items[page.Limit - 1])) : "",
            }),
            ("items", new JsonArray([.. items.Take(page.Limit).Select(view)])));
    }

    public static string Continue(HttpRequest request, string last) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new[] { last, Digest(request, last) }));

    private static string? Open(HttpRequest request)
    {
        try
        {
            var parts = JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(Query.Value(request, "continue")));
            return parts is [{ } last, { } digest] && digest == Digest(request, last) ? last : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Digest(HttpRequest request, string last)
    {
        var others = request.Query
            .Where(parameter => parameter.Key is not ("limit" or "continue"))
            .OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .Select(parameter => new[] { parameter.Key, parameter.Value.ToString() });
        var text = JsonSerializer.Serialize(new { path = request.Path.Value, others, last });
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));
    }
}
