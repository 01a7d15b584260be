using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

internal sealed class ClusterKind : IFleetKind
{
    public string Kind => ClusterView.Kind;

    public string Route => "/clusters";

    public Role Writer => Role.Operator;

    public int Order => 3;

    public bool Takes(FleetDocument document) => document is ClusterDocument;

    public async Task<FleetObject?> FindAsync(PromisesDb database, string name, CancellationToken cancellationToken) =>
        await database.Clusters.FindAsync([name], cancellationToken) is { Leaving: false } cluster ? cluster : null;

    public Task<JsonObject> SpecAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        Task.FromResult(FleetDocuments.ClusterSpecJson((Cluster)source));

    public Task<JsonObject> ViewAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        ClusterView.ReadAsync(database, (Cluster)source, [], cancellationToken);

    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        PromisesDb database, string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken)
    {
        var page = await Listing.PageAsync(database.Clusters.AsNoTracking().Where(cluster => !cluster.Leaving), after, limit, selector, cancellationToken);
        return await ClusterView.ReadAsync(database, page, [], cancellationToken);
    }

    public Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, FleetDocument document, CancellationToken cancellationToken) =>
        ClusterReferences.CheckAsync(edit, (ClusterDocument)document, cancellationToken);

    public Task<Outcome<Edited>> PutAsync(FleetEdit edit, FleetDocument document, PutMode mode, CancellationToken cancellationToken) =>
        ClusterEdits.PutAsync(edit, (ClusterDocument)document, mode, cancellationToken);

    public Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        ClusterEdits.DeleteAsync(edit, name, keepFiles: false, cancellationToken);
}
