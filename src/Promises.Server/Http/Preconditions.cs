using Microsoft.Net.Http.Headers;
using Promises.Model;

namespace Promises.Server.Http;

/// <summary>
/// <c>If-Match</c> and <c>If-None-Match</c> of writes (RFC 9110, 13.1). Reads do not answer 304: a tag does not move with the status, and the status is what readers want.
/// </summary>
internal static class Preconditions
{
    public static string Tag(string resourceVersion) => $"\"{resourceVersion}\"";

    /// <param name="current">resourceVersion of the object; null if there is none.</param>
    public static Failure? Check(HttpRequest request, long? current)
    {
        var tag = current is null ? null : Tag(current.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var (ifMatch, ifNoneMatch) = (request.Headers.IfMatch, request.Headers.IfNoneMatch);

        if (ifMatch.Count > 0 && (tag is null || !Tags(ifMatch).Any(sent => sent.IsAny() || (!sent.IsWeak && sent.Tag == tag))))
            return new Failure.PreconditionFailed(tag is null ? "If-Match: there is no such object." : $"If-Match: the current ETag is {tag}.");

        if (ifNoneMatch.Count > 0 && tag is not null && Tags(ifNoneMatch).Any(sent => sent.IsAny() || sent.Tag == tag))
            return new Failure.PreconditionFailed($"If-None-Match: the object exists, its ETag is {tag}.");

        return null;
    }

    /// <summary>What is not a list of tags matches nothing, so that a write never happens by misunderstanding.</summary>
    private static IList<EntityTagHeaderValue> Tags(IList<string> header) =>
        EntityTagHeaderValue.TryParseList(header, out var tags) ? tags : [];

    private static bool IsAny(this EntityTagHeaderValue tag) => tag.Tag == "*";
}
