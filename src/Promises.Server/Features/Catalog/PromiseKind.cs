using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Catalog;

internal sealed class PromiseKind : IFleetKind
{
    public string Kind => PromiseView.Kind;

    public string Route => "/promises";

    public Role Writer => Role.Operator;

    public int Order => 4;

    public bool Takes(FleetDocument document) => document is PromiseDocument;

    public async Task<FleetObject?> FindAsync(PromisesDb database, string name, CancellationToken cancellationToken) =>
        await database.Promises.FindAsync([name], cancellationToken) is { Leaving: false } promise ? promise : null;

    public async Task<JsonObject> SpecAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        (await ViewAsync(database, source, cancellationToken))["spec"]!.DeepClone().AsObject();

    public Task<JsonObject> ViewAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        PromiseView.ReadAsync(database, (Promise)source, [], cancellationToken);

    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        PromisesDb database, string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken)
    {
        var page = await Listing.PageAsync(database.Promises.AsNoTracking().Where(promise => !promise.Leaving), after, limit, selector, cancellationToken);
        return await PromiseView.ReadAsync(database, page, [], cancellationToken);
    }

    public Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, FleetDocument document, CancellationToken cancellationToken) =>
        Task.FromResult(PromiseEdits.Check(edit, (PromiseDocument)document));

    public Task<Outcome<Edited>> PutAsync(FleetEdit edit, FleetDocument document, PutMode mode, CancellationToken cancellationToken) =>
        PromiseEdits.PutAsync(edit, (PromiseDocument)document, mode, cancellationToken);

    public Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        PromiseEdits.DeleteAsync(edit, name, cancellationToken);
}
