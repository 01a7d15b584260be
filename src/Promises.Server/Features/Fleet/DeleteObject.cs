using MediatR;
using Promises.Model;

namespace Promises.Server.Features.Fleet;

/// <summary>Deletes one object; answers with the object as it was.</summary>
internal static class DeleteObject
{
    public sealed record Command(IFleetKind Kind, string Name, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken) =>
            fleet.RunAsync(command.Request, (edit, token) => command.Kind.DeleteAsync(edit, command.Name, token), cancellationToken);
    }
}
