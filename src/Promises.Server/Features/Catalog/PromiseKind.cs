using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Catalog;

internal sealed class PromiseKind() : FleetKind<Promise, PromiseDocument>(PromiseView.Kind, "/promises", Role.Operator, order: 4)
{
    public override Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        PromiseEdits.DeleteAsync(edit, name, cancellationToken);

    protected override bool IsVisible(Promise found) => !found.Leaving;

    protected override IQueryable<Promise> Visible(IQueryable<Promise> all) => all.Where(promise => !promise.Leaving);

    protected override async Task<JsonObject> SpecAsync(PromisesDb database, Promise source, CancellationToken cancellationToken) =>
        (await ViewsAsync(database, [source], cancellationToken))[0]["spec"]!.DeepClone().AsObject();

    protected override Task<IReadOnlyList<JsonObject>> ViewsAsync(PromisesDb database, IReadOnlyList<Promise> sources, CancellationToken cancellationToken) =>
        PromiseView.ReadAsync(database, sources, cancellationToken);

    protected override Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, PromiseDocument document, CancellationToken cancellationToken) =>
        Task.FromResult(PromiseEdits.Check(edit, document));

    protected override Task<Outcome<Edited>> PutAsync(FleetEdit edit, PromiseDocument document, PutMode mode, CancellationToken cancellationToken) =>
        PromiseEdits.PutAsync(edit, document, mode, cancellationToken);
}
