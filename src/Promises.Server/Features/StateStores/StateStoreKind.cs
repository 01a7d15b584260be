using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.StateStores;

internal sealed class StateStoreKind()
    : FleetKind<StateStore, StateStoreDocument>(StateStoreView.Kind, "/state-stores", Role.Admin, order: 2)
{
    public override Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        StateStoreEdits.DeleteAsync(edit, name, cancellationToken);

    protected override Task<JsonObject> SpecAsync(PromisesDb database, StateStore source, CancellationToken cancellationToken) =>
        Task.FromResult(FleetDocuments.StateStoreSpecJson(source));

    protected override Task<IReadOnlyList<JsonObject>> ViewsAsync(
        PromisesDb database, IReadOnlyList<StateStore> sources, CancellationToken cancellationToken) =>
        StateStoreView.ReadAsync(database, sources, [], cancellationToken);

    protected override Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, StateStoreDocument document, CancellationToken cancellationToken) =>
        StateStoreEdits.CheckAsync(edit, document, cancellationToken);

    protected override Task<Outcome<Edited>> PutAsync(FleetEdit edit, StateStoreDocument document, PutMode mode, CancellationToken cancellationToken) =>
        StateStoreEdits.PutAsync(edit, document, mode, cancellationToken);
}
