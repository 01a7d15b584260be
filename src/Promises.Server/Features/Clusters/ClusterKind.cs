using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

internal sealed class ClusterKind() : FleetKind<Cluster, ClusterDocument>(ClusterView.Kind, "/clusters", Role.Operator, order: 3)
{
    public override Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        ClusterEdits.DeleteAsync(edit, name, keepFiles: false, cancellationToken);

    protected override bool IsVisible(Cluster found) => !found.Leaving;

    protected override IQueryable<Cluster> Visible(IQueryable<Cluster> all) => all.Where(cluster => !cluster.Leaving);

    protected override Task<JsonObject> SpecAsync(PromisesDb database, Cluster source, CancellationToken cancellationToken) =>
        Task.FromResult(FleetDocuments.ClusterSpecJson(source));

    protected override Task<IReadOnlyList<JsonObject>> ViewsAsync(PromisesDb database, IReadOnlyList<Cluster> sources, CancellationToken cancellationToken) =>
        ClusterView.ReadAsync(database, sources, cancellationToken);

    protected override Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, ClusterDocument document, CancellationToken cancellationToken) =>
        ClusterReferences.CheckAsync(edit, document, cancellationToken);

    protected override Task<Outcome<Edited>> PutAsync(FleetEdit edit, ClusterDocument document, PutMode mode, CancellationToken cancellationToken) =>
        ClusterEdits.PutAsync(edit, document, mode, cancellationToken);
}
