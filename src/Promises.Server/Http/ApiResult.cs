using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Promises.Manifests;

namespace Promises.Server.Http;

/// <summary>One answer in JSON or YAML, with the headers that follow from it.</summary>
internal sealed class ApiResult(int status, JsonNode body, string? location, long? change) : IResult, IStatusCodeHttpResult
{
    public const string ChangeHeader = "Promises-Change";

    int? IStatusCodeHttpResult.StatusCode => status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = "Accept, Authorization";
        if (location is not null) response.Headers.Location = location;
        if (change is { } number) response.Headers[ChangeHeader] = number.ToString(CultureInfo.InvariantCulture);
        if (Tag() is { } tag) response.Headers.ETag = tag;

        // Routes outside the API group, such as the probes, answer in JSON whatever was asked for.
        var mediaType = MediaTypes.Choose(httpContext.Request) ?? MediaTypes.Json;
        var text = MediaTypes.FormatOf(mediaType) == DocumentFormat.Json ? body.ToJsonString(ApiJson.Options) : YamlPrinter.Print(body);

        var bytes = Encoding.UTF8.GetBytes(text);
        response.ContentType = $"{mediaType}; charset=utf-8";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }

    /// <summary>Only single objects have one: a list has no version that an <c>If-Match</c> could mean.</summary>
    private string? Tag() =>
        body is JsonObject document && document["metadata"] is JsonObject metadata && metadata.ContainsKey("name") && metadata["resourceVersion"] is JsonValue version
            ? Preconditions.Tag(version.ToString())
            : null;
}
