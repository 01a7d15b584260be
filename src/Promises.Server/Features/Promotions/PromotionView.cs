using System.Globalization;
using System.Text.Json.Nodes;
using Promises.Environments;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Promotions;

/// <summary>A promotion as clients see it.</summary>
internal static class PromotionView
{
    public const string Kind = "Promotion";

    public static string Name(long change) => $"p-{change.ToString(CultureInfo.InvariantCulture)}";

    public static JsonArray Pins(IReadOnlyList<PinMove> moves) =>
        [.. moves.Select(move => (JsonNode)new JsonObject { ["promise"] = move.Promise, ["from"] = move.From, ["to"] = move.To })];

    /// <param name="impact">That of its change.</param>
    public static JsonObject Of(Promotion promotion, JsonNode impact) => new()
    {
        ["apiVersion"] = ApiResults.ApiVersion,
        ["kind"] = Kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = Name(promotion.Change),
            ["uid"] = promotion.Uid.ToString(),
            ["resourceVersion"] = promotion.Change.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = ApiJson.Time(promotion.At),
        },
        ["spec"] = JsonNode.Parse(promotion.Spec),
        ["status"] = new JsonObject
        {
            ["phase"] = "Succeeded",
            ["pins"] = JsonNode.Parse(promotion.Pins),
            ["by"] = promotion.By,
            ["impact"] = impact,
        },
    };
}
