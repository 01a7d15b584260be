using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Environments;

/// <summary>An environment as clients see it.</summary>
internal static class EnvironmentView
{
    public const string Kind = "Environment";

    public static async Task<JsonObject> ReadAsync(
        PromisesDb database, Model.Environment environment, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken)
    {
        var name = environment.Name;
        var pins = await Tracked.ReadAsync(database, database.Pins.Where(pin => pin.Environment == name), pin => pin.Environment == name, cancellationToken);
        var clusters = await database.Clusters.AsNoTracking().CountAsync(cluster => cluster.Environment == name && !cluster.Leaving, cancellationToken);
        var status = new JsonObject
        {
            ["pins"] = new JsonObject(pins.OrderBy(pin => pin.Promise, StringComparer.Ordinal)
                .Select(pin => KeyValuePair.Create(pin.Promise, (JsonNode?)pin.Revision))),
            ["clusters"] = clusters,
        };
        return ObjectView.Of(Kind, environment, FleetDocuments.EnvironmentSpecJson(environment), status, warnings);
    }
}
