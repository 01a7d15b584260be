using Microsoft.Net.Http.Headers;
using Promises.Manifests;

namespace Promises.Server.Http;

/// <summary>Which media types the API reads and writes, and the choice between them.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";

    public static IReadOnlyList<string> Yaml { get; } = ["application/yaml", "text/yaml", "application/x-yaml"];

    public static IReadOnlyList<string> Documents { get; } = [Json, .. Yaml];

    public static IReadOnlyList<string> Patch { get; } = [MergePatch, Json];

    /// <summary>The media type to answer in; null if nothing that <c>Accept</c> names can be sent. The first of equals wins, JSON before YAML.</summary>
    public static string? Choose(HttpRequest request) => Choose(request, Documents);

    /// <param name="offered">What can be sent, the best first.</param>
    public static string? Choose(HttpRequest request, IReadOnlyList<string> offered)
    {
        var accept = request.Headers.Accept;
        if (accept.Count == 0) return offered[0];
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges)) return null;

        return offered
            .Select(type => (type, quality: Quality(type, ranges)))
            .Where(candidate => candidate.quality > 0)
            .OrderByDescending(candidate => candidate.quality)
            .Select(candidate => candidate.type)
            .FirstOrDefault();
    }

    public static DocumentFormat FormatOf(string mediaType) => mediaType == Json ? DocumentFormat.Json : DocumentFormat.Yaml;

    /// <summary>The quality that the most specific matching range gives (RFC 9110, 12.5.1).</summary>
    private static double Quality(string type, IList<MediaTypeHeaderValue> ranges)
    {
        var offered = new MediaTypeHeaderValue(type);
        return ranges
            .Where(range => offered.IsSubsetOf(WithoutParameters(range)))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }

    /// <summary><c>application/json; charset=utf-8</c> asks for nothing else than <c>application/json</c> here.</summary>
    private static MediaTypeHeaderValue WithoutParameters(MediaTypeHeaderValue range) => new(range.MediaType);
}
