using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;

namespace Promises.Server.Http;

/// <summary>One problem document (RFC 9457), whatever <c>Accept</c> says.</summary>
internal sealed class ProblemResult(int status, string code, string title, string detail, JsonObject? extensions = null) : IResult, IStatusCodeHttpResult
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>Headers that belong to the problem, such as <c>Retry-After</c>.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>The same problem with one more member.</summary>
    public ProblemResult With(string name, JsonNode value)
    {
        var more = extensions?.DeepClone().AsObject() ?? [];
        more[name] = value;
        return new ProblemResult(Status, Code, title, detail, more);
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        foreach (var (name, value) in Headers) response.Headers[name] = value;
        response.Headers[HeaderNames.CacheControl] = "no-store";

        var bytes = System.Text.Encoding.UTF8.GetBytes(Document(httpContext).ToJsonString(ApiJson.Options));
        response.ContentType = Problems.MediaType;
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }

    private JsonObject Document(HttpContext context)
    {
        var document = new JsonObject
        {
            ["type"] = $"urn:promises:problem:{Code}",
            ["code"] = Code,
            ["title"] = title,
            ["status"] = Status,
            ["detail"] = detail,
            ["instance"] = context.Request.PathBase.Add(context.Request.Path).ToUriComponent(),
            ["traceId"] = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        };
        foreach (var (name, value) in extensions ?? []) document[name] = value?.DeepClone();
        return document;
    }
}
