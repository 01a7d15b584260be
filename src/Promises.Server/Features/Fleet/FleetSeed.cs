using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Environments;
using Promises.Server.Features.StateStores;

namespace Promises.Server.Features.Fleet;

/// <summary>A fresh server has the environments <c>ops</c> and <c>apps</c> and the state store <c>default</c>, and nothing else.</summary>
internal sealed class FleetSeed(PromisesDb database, FleetWriter fleet, EnvironmentKind environments, StateStoreKind stores)
{
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (database.Environments.Any()) return;

        // Each looks again under the fleet lock: of several replicas that start at once, one makes it.
        var seeded = await fleet.RunAsync(WriteRequest.OfTheService("/apply"), SeedAsync, cancellationToken);
        if (seeded.Failure is not null) throw new InvalidOperationException($"The first environments could not be made: {seeded.Failure}.");
    }

    private async Task<Outcome<Edited>> SeedAsync(FleetEdit edit, CancellationToken cancellationToken)
    {
        Outcome<Edited> edited = new Edited("Environment", "", Effect.Unchanged, [], _ => Task.FromResult(new JsonObject()));
        if (edit.Before.Ladder.Count > 0) return edited;

        var documents = new (IFleetKind Kind, JsonObject Content)[]
        {
            (environments, Document("ops", new JsonObject { ["position"] = 10, ["audience"] = "internal" })),
            (environments, Document("apps", new JsonObject { ["position"] = 20, ["audience"] = "external" })),
            (stores, Document("default", [])),
        };
        foreach (var (kind, content) in documents)
        {
            var document = FleetDocuments.Parse(content, kind.Kind, DocumentContext.Strict);
            if (document.Failure is not null) return document.Failure;
            edited = await kind.PutAsync(edit, document.Value, PutMode.Create, cancellationToken);
            if (edited.Failure is not null) return edited;
        }

        return edited;
    }

    private static JsonObject Document(string name, JsonObject spec) => new() { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };
}
