using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Tokens;

/// <summary>A token as it is shown. Its text is there once, in the answer to its creation.</summary>
internal static class TokenView
{
    public static JsonObject From(AccessToken token, string? text = null) => From(token, text, []);

    public static JsonObject From(AccessToken token, string? text, IReadOnlyList<Warning> warnings)
    {
        var status = new JsonObject { ["prefix"] = token.Prefix, ["lastUsed"] = token.LastUsedAt is { } used ? ApiJson.Time(used) : null };
        if (text is not null) status["token"] = text;
        return ObjectView.Of(Kinds.Token, token, FleetDocuments.TokenSpecJson(token), status, warnings);
    }
}
