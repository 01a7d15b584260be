using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.StateStores;

internal sealed class StateStoreKind(RepositoryCheck repositories) : IFleetKind
{
    public string Kind => StateStoreView.Kind;

    public string Route => "/state-stores";

    public Role Writer => Role.Admin;

    public int Order => 2;

    public bool Takes(FleetDocument document) => document is StateStoreDocument;

    public async Task<FleetObject?> FindAsync(PromisesDb database, string name, CancellationToken cancellationToken) =>
        await database.StateStores.FindAsync([name], cancellationToken);

    public Task<JsonObject> SpecAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        Task.FromResult(FleetDocuments.StateStoreSpecJson((StateStore)source));

    public Task<JsonObject> ViewAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        StateStoreView.ReadAsync(database, (StateStore)source, [], cancellationToken);

    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        PromisesDb database, string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken)
    {
        var views = new List<JsonObject>();
        foreach (var store in await Listing.PageAsync(database.StateStores.AsNoTracking(), after, limit, selector, cancellationToken))
            views.Add(await StateStoreView.ReadAsync(database, store, [], cancellationToken));
        return views;
    }

    public Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, FleetDocument document, CancellationToken cancellationToken) =>
        StateStoreEdits.CheckAsync(edit, (StateStoreDocument)document, repositories, cancellationToken);

    public Task<Outcome<Edited>> PutAsync(FleetEdit edit, FleetDocument document, PutMode mode, CancellationToken cancellationToken) =>
        StateStoreEdits.PutAsync(edit, (StateStoreDocument)document, mode, repositories, cancellationToken);

    public Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        StateStoreEdits.DeleteAsync(edit, name, cancellationToken);
}
