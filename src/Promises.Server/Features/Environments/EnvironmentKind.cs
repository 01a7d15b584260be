using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Environment = Promises.Model.Environment;

namespace Promises.Server.Features.Environments;

internal sealed class EnvironmentKind() : FleetKind<Environment, EnvironmentDocument>(EnvironmentView.Kind, "/environments", Role.Admin, order: 0)
{
    public override Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        EnvironmentEdits.DeleteAsync(edit, name, cancellationToken);

    protected override Task<JsonObject> SpecAsync(PromisesDb database, Environment source, CancellationToken cancellationToken) =>
        Task.FromResult(FleetDocuments.EnvironmentSpecJson(source));

    protected override async Task<IReadOnlyList<JsonObject>> ViewsAsync(
        PromisesDb database, IReadOnlyList<Environment> sources, CancellationToken cancellationToken)
    {
        var views = new List<JsonObject>();
        foreach (var environment in sources) views.Add(await EnvironmentView.ReadAsync(database, environment, [], cancellationToken));
        return views;
    }

    protected override Task<Outcome<Edited>> PutAsync(FleetEdit edit, EnvironmentDocument document, PutMode mode, CancellationToken cancellationToken) =>
        EnvironmentEdits.PutAsync(edit, document, mode, cancellationToken);
}
