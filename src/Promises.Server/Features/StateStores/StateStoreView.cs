using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;
using Promises.Server.Reconciling;

namespace Promises.Server.Features.StateStores;

/// <summary>A state store as clients see it: where it is, and how far its branch is behind.</summary>
internal static class StateStoreView
{
    public const string Kind = "StateStore";

    public static async Task<JsonObject> ReadAsync(
        PromisesDb database, StateStore store, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken)
    {
        var status = await StoreStatusReader.ReadAsync(database, store, cancellationToken);
        return ObjectView.Of(Kind, store, FleetDocuments.StateStoreSpecJson(store), new JsonObject
        {
            ["url"] = store.Url ?? $"/git/{store.Name}.git",
            ["branch"] = store.Branch,
            ["lastCommit"] = status.LastCommit,
            ["pendingClusters"] = status.PendingClusters,
            ["nextTry"] = status.NextTry is null ? null : ApiJson.Time(status.NextTry.Value),
            ["proposals"] = await ProposalViews.ReadAsync(database, store, cancellationToken),
            ["conditions"] = new JsonArray(ObjectView.Condition("Ready", status.Ready, status.Reason, status.Message, status.TransitionAt, store.Generation)),
        }, warnings);
    }
}
