using MediatR;
using Promises.Model;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

/// <summary>Off-boards a cluster. Its files stay, or are removed; there is no default, because either surprises somebody.</summary>
internal static class DeleteCluster
{
    public sealed record Command(string Name, bool KeepFiles, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken) =>
            fleet.RunAsync(command.Request, (edit, token) => ClusterEdits.DeleteAsync(edit, command.Name, command.KeepFiles, token), cancellationToken);
    }
}
