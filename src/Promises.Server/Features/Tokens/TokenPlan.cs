using System.Text.Json.Nodes;
using Promises.Server.Http;

namespace Promises.Server.Features.Tokens;

/// <summary>The plan of a change to tokens: no placement ever depends on one.</summary>
internal static class TokenPlan
{
    public static JsonObject Of(JsonObject token) => ApiResults.Object("Plan", ("object", token));
}
