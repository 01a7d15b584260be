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

    internal sealed class Handler(PromisesDb database, FleetWriter fleet, ClusterKind kind) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public async Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken)
        {
            // Labels are what is written most. Read before the fleet lock is taken, it holds nobody up; the lock lets it go if somebody changed it meanwhile.
            await kind.FindAsync(database, command.Cluster, cancellationToken);
            return await fleet.RunAsync(command.Request, (edit, token) => EditAsync(command, edit, token), cancellationToken);
        }

        private async Task<Outcome<Edited>> EditAsync(Command command, FleetEdit edit, CancellationToken cancellationToken)
        {
            var cluster = await kind.FindAsync(edit.Database, command.Cluster, cancellationToken);
            if (cluster is null) return new Failure.NotFound(ClusterView.Kind, command.Cluster);
            if (command.Value is null && !cluster.Labels.ContainsKey(command.Key)) return new Failure.NotFound("label", command.Key);

            var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [command.Key] = command.Value } } };
            var merged = MergePatch.Apply(Documents.Of(ClusterView.Kind, cluster, FleetDocuments.ClusterSpecJson((Cluster)cluster)), patch)!;
            var document = Documents.Read(merged, ClusterView.Kind, command.Cluster, DocumentContext.Strict).Outcome;
            return document.Failure is null
                ? await kind.PutAsync(edit, document.Value, PutMode.Modify, cancellationToken)
                : AsSent(document.Failure);
        }

        /// <summary>The client sent a value, not a cluster: the pointers are into what it sent.</summary>
        private static Failure AsSent(Failure failure) => failure is Failure.Invalid invalid
            ? new Failure.Invalid("label", [.. invalid.Errors.Select(error => error with { Pointer = error.Rule == Rules.LabelValue ? "/value" : "" })])
            : failure;
    }
}
