using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Server.Http;

/// <summary>Answers in the form that the client accepts. Views are records or documents; see <see cref="ApiJson"/>.</summary>
internal static class ApiResults
{
    /// <param name="change">Number of the change that this request made; null if it made none.</param>
    public static ApiResult Ok<T>(T view, long? change = null) => new(200, ApiJson.ToNode(view), null, change);

    /// <param name="location">Path of the new object.</param>
    public static ApiResult Created<T>(string location, T view, long? change = null) => new(201, ApiJson.ToNode(view), location, change);

    public static ApiResult Status<T>(int status, T view) => new(status, ApiJson.ToNode(view), null, null);

    /// <summary>200 with the value, or the problem document of the failure.</summary>
    public static IResult OkOrProblem<T>(Outcome<T> outcome) => outcome.Match<IResult>(value => Ok(value), Problems.From);

    /// <summary>The form of every object: <c>apiVersion</c>, <c>kind</c>, and what it is given.</summary>
    public static JsonObject Object(string kind, params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var document = new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = kind };
        foreach (var (name, value) in members) document[name] = value;
        return document;
    }

    /// <summary>Adds <c>warnings</c>, as answers to writes have them.</summary>
    public static JsonObject With(this JsonObject document, IReadOnlyList<Warning> warnings)
    {
        document["warnings"] = ApiJson.ToNode(warnings);
        return document;
    }

    public const string ApiVersion = "promises.dev/v1alpha1";
}
