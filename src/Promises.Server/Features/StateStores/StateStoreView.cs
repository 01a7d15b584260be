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
        PromisesDb database, StateStore store, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken) =>
        (await ReadAsync(database, [store], warnings, cancellationToken))[0];

    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(
        PromisesDb database, IReadOnlyList<StateStore> stores, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken)
    {
        var statuses = await StoreStatusReader.ReadAsync(database, stores, cancellationToken);
        var proposals = await ProposalViews.ReadAsync(database, stores, cancellationToken);
        return [.. stores.Select(store => ObjectView.Of(Kind, store, FleetDocuments.StateStoreSpecJson(store), Status(store, statuses[store.Name], proposals[store.Name]), warnings))];
    }

    private static JsonObject Status(StateStore store, StoreStatus status, JsonArray proposals) => new()
    {
        ["url"] = store.Url ?? $"/git/{store.Name}.git",
        ["branch"] = store.Branch,
        ["reachable"] = status.IsReachable,
        ["lastCommit"] = status.LastCommit,
        ["lastSeen"] = Time(status.SeenAt),
        ["pendingClusters"] = status.PendingClusters,
        ["behindSince"] = Time(status.BehindSince),
        ["behindReason"] = status.BehindReason,
        ["nextTry"] = Time(status.NextTry),
        ["lease"] = status.Lease is not { } lease ? null : new JsonObject { ["holder"] = lease.Holder, ["epoch"] = lease.Epoch, ["until"] = Time(lease.Until) },
        ["proposals"] = proposals,
        ["conditions"] = new JsonArray(ObjectView.Condition("Ready", status.Ready, status.Reason, status.Message, status.TransitionAt, store.Generation)),
    };

    private static string? Time(DateTimeOffset? at) => at is null ? null : ApiJson.Time(at.Value);
}
