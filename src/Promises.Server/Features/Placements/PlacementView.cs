using System.Globalization;
using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Placements;

/// <summary>A placement as clients see it.</summary>
internal static class PlacementView
{
    public const string Kind = "Placement";

    /// <param name="delivery">How its store fares, should it wait for it.</param>
    public static JsonObject Of(Placement placement, FleetSnapshot fleet, Delivery delivery)
    {
        var site = Sites.Of(fleet, placement.Cluster);
        return new JsonObject
        {
            ["apiVersion"] = ApiResults.ApiVersion,
            ["kind"] = Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = placement.Name,
                ["labels"] = Metadata.Map(Labels(placement)),
                ["annotations"] = new JsonObject(),
                ["uid"] = placement.Uid.ToString(),
                ["generation"] = placement.Generation,
                ["resourceVersion"] = placement.ResourceVersion.ToString(CultureInfo.InvariantCulture),
                ["creationTimestamp"] = ApiJson.Time(placement.CreatedAt),
            },
            ["spec"] = new JsonObject
            {
                ["promise"] = placement.Promise,
                ["cluster"] = placement.Cluster,
                ["environment"] = placement.Environment,
                ["revision"] = placement.Revision == 0 ? null : placement.Revision,
            },
            ["status"] = new JsonObject
            {
                ["state"] = PlacementStates.Of(placement, delivery.Hold is not null),
                ["includedBy"] = new JsonArray([.. placement.IncludedBy.Select(parent => (JsonNode)parent)]),
                ["commit"] = placement.Commit,
                ["path"] = site is null ? null : Sites.Directory(site, placement.Promise),
                ["digest"] = placement.Digest,
                ["conditions"] = PlacementConditions.Of(placement, delivery),
            },
        };
    }

    public static IReadOnlyDictionary<string, string> Labels(Placement placement) => new Dictionary<string, string>
    {
        ["promises.dev/promise"] = placement.Promise,
        ["promises.dev/cluster"] = placement.Cluster,
        ["promises.dev/environment"] = placement.Environment,
    };
}
