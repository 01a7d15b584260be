using System.Globalization;
using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Server.Http;

/// <summary>The <c>metadata</c> of an object.</summary>
internal static class Metadata
{
    public static JsonObject From(FleetObject fleetObject) => new()
    {
        ["name"] = fleetObject.Name,
        ["labels"] = Map(fleetObject.Labels),
        ["annotations"] = Map(fleetObject.Annotations),
        ["uid"] = fleetObject.Uid.ToString(),
        ["generation"] = fleetObject.Generation,
        ["resourceVersion"] = fleetObject.ResourceVersion.ToString(CultureInfo.InvariantCulture),
        ["creationTimestamp"] = ApiJson.Time(fleetObject.CreatedAt),
    };

    public static JsonObject Map(IReadOnlyDictionary<string, string> entries)
    {
        var map = new JsonObject();
        foreach (var (key, value) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)) map[key] = value;
        return map;
    }
}
