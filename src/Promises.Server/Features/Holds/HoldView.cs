using System.Globalization;
using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Holds;

/// <summary>A hold as clients see it.</summary>
internal static class HoldView
{
    public const string Kind = "Hold";

    public static JsonObject Of(Hold hold) => new()
    {
        ["apiVersion"] = ApiResults.ApiVersion,
        ["kind"] = Kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = hold.Name,
            ["labels"] = new JsonObject(),
            ["annotations"] = new JsonObject(),
            ["uid"] = hold.Uid.ToString(),
            ["generation"] = hold.Generation,
            ["resourceVersion"] = hold.ResourceVersion.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = ApiJson.Time(hold.At),
        },
        ["spec"] = new JsonObject
        {
            ["stateStore"] = hold.StateStore,
            ["reason"] = hold.Reason.ToString(),
            ["impact"] = JsonNode.Parse(hold.Impact),
        },
        ["status"] = new JsonObject
        {
            ["phase"] = hold.Phase.ToString(),
            ["message"] = hold.Message,
            ["by"] = hold.By,
            ["reason"] = hold.Note,
            ["decidedAt"] = hold.DecidedAt is { } at ? ApiJson.Time(at) : null,
        },
    };
}
