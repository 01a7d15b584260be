using System.Text.Json.Nodes;
using MediatR;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

/// <summary>Sets or, with a null value, takes away one label of a cluster.</summary>
internal static class SetLabel
{
    public sealed record Command(string Cluster, string Key, string? Value, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    public static async Task<Outcome<Edited>> EditAsync(ClusterKind kind, string name, string key, string? value, FleetEdit edit, CancellationToken cancellationToken)
    {
        var cluster = await kind.FindAsync(edit.Database, name, cancellationToken);
        if (cluster is null) return new Failure.NotFound(ClusterView.Kind, name);
        if (value is null && !cluster.Labels.ContainsKey(key)) return new Failure.NotFound("label", key);

        var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [key] = value } } };
        var merged = MergePatch.Apply(Documents.Of(ClusterView.Kind, cluster, FleetDocuments.ClusterSpecJson((Cluster)cluster)), patch)!;
        var document = Documents.Read(merged, ClusterView.Kind, name, DocumentContext.Strict).Outcome;
        return document.Failure is null
            ? await kind.PutAsync(edit, document.Value, PutMode.Modify, cancellationToken)
            : AsSent(document.Failure);
    }

    /// <summary>The client sent a value, not a cluster: the pointers are into what it sent.</summary>
    private static Failure AsSent(Failure failure) => failure is Failure.Invalid invalid
        ? new Failure.Invalid("label", [.. invalid.Errors.Select(error => error with { Pointer = error.Rule == Rules.LabelValue ? "/value" : "" })])
        : failure;

    internal sealed class Handler(PromisesDb database, FleetWriter fleet, ClusterKind kind) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        /// <summary>Labels are what is written most, so the cluster is read before the fleet lock is taken.</summary>
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken) => fleet.RunAsync(
            command.Request, (edit, token) => EditAsync(kind, command.Cluster, command.Key, command.Value, edit, token), cancellationToken,
            token => kind.FindAsync(database, command.Cluster, token));
    }
}
