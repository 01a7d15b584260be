using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Environments;

internal sealed class EnvironmentKind : IFleetKind
{
    public string Kind => EnvironmentView.Kind;

    public string Route => "/environments";

    public Role Writer => Role.Admin;

    public int Order => 0;

    public bool Takes(FleetDocument document) => document is EnvironmentDocument;

    public async Task<FleetObject?> FindAsync(PromisesDb database, string name, CancellationToken cancellationToken) =>
        await database.Environments.FindAsync([name], cancellationToken);

    public Task<JsonObject> SpecAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        Task.FromResult(FleetDocuments.EnvironmentSpecJson((Model.Environment)source));

    public Task<JsonObject> ViewAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        EnvironmentView.ReadAsync(database, (Model.Environment)source, [], cancellationToken);

    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        PromisesDb database, string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken)
    {
        var views = new List<JsonObject>();
        foreach (var environment in await Listing.PageAsync(database.Environments.AsNoTracking(), after, limit, selector, cancellationToken))
            views.Add(await EnvironmentView.ReadAsync(database, environment, [], cancellationToken));
        return views;
    }

    public Task<Outcome<Edited>> PutAsync(FleetEdit edit, FleetDocument document, PutMode mode, CancellationToken cancellationToken) =>
        EnvironmentEdits.PutAsync(edit, (EnvironmentDocument)document, mode, cancellationToken);

    public Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        EnvironmentEdits.DeleteAsync(edit, name, cancellationToken);
}
