using System.Text.Json.Nodes;
using MediatR;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Features.Fleet;

/// <summary>Merges a patch into one object. The merge happens under the fleet lock, so that two patches of different members both hold.</summary>
internal static class PatchObject
{
    public sealed record Command(IFleetKind Kind, string Name, JsonNode Patch, DocumentContext Context, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken) =>
            fleet.RunAsync(command.Request, (edit, token) => EditAsync(command, edit, token), cancellationToken);

        private static async Task<Outcome<Edited>> EditAsync(Command command, FleetEdit edit, CancellationToken cancellationToken)
        {
            var (kind, name) = (command.Kind, command.Name);
            if (command.Patch is not JsonObject)
                return new Failure.Invalid(kind.Kind, [new FieldError("", null, Rules.WrongType, "Send an object with the members to change.")]);

            var current = await kind.FindAsync(edit.Database, name, cancellationToken);
            if (current is null) return new Failure.NotFound(kind.Kind, name);

            var merged = MergePatch.Apply(Documents.Of(kind.Kind, current, await kind.SpecAsync(edit.Database, current, cancellationToken)), command.Patch)!;
            var read = Documents.Read(merged, kind.Kind, name, command.Context);
            return read.IsValid
                ? await kind.PutAsync(edit, read.Document!, PutMode.Modify, cancellationToken)
                : await Documents.MistakesAsync(kind, edit, read, cancellationToken);
        }
    }
}
