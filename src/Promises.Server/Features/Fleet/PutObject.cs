using System.Text.Json.Nodes;
using MediatR;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Features.Fleet;

/// <summary>Creates or replaces one object.</summary>
internal static class PutObject
{
    /// <param name="Name">From the path; null for a POST.</param>
    public sealed record Command(IFleetKind Kind, JsonNode Content, string? Name, PutMode Mode, DocumentContext Context, WriteRequest Request)
        : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken)
        {
            var (kind, read) = (command.Kind, Documents.Read(command.Content, command.Kind.Kind, command.Name, command.Context));
            return read.IsValid
                ? fleet.RunAsync(command.Request, (edit, token) => kind.PutAsync(edit, read.Document!, command.Mode, token), cancellationToken)
                // Only to be looked at, which takes no lock.
                : fleet.RunAsync(command.Request with { DryRun = true }, async (edit, token) => await Documents.MistakesAsync(kind, edit, read, token), cancellationToken);
        }
    }
}
