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
            var document = Documents.Parse(command.Content, command.Kind.Kind, command.Name, command.Context);
            return document.Failure is not null
                ? Task.FromResult<Outcome<WriteResult>>(document.Failure)
                : fleet.RunAsync(command.Request, (edit, token) => command.Kind.PutAsync(edit, document.Value, command.Mode, token), cancellationToken);
        }
    }
}
