using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Placements;

/// <summary>Ends a retained placement. One that its cluster still takes would come back at once, so that is refused.</summary>
internal static class WithdrawPlacement
{
    public sealed record Command(string Name, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken) =>
            fleet.RunAsync(command.Request, (edit, token) => EditAsync(command, edit, token), cancellationToken);

        private static async Task<Outcome<Edited>> EditAsync(Command command, FleetEdit edit, CancellationToken cancellationToken)
        {
            var placement = await edit.Database.Placements.AsNoTracking().SingleOrDefaultAsync(row => row.Name == command.Name, cancellationToken);
            if (placement is null or { Leaving: true }) return new Failure.NotFound(PlacementView.Kind, command.Name);
            if (edit.Request.Preconditions(placement.ResourceVersion) is { } failure) return failure;
            if (placement.Outcome != PlacementOutcome.Retained)
            {
                return new Failure.InUse(
                    PlacementView.Kind, command.Name, [new ObjectReference("Cluster", placement.Cluster), new ObjectReference("Promise", placement.Promise)],
                    $"Only a retained placement can be withdrawn, and this one is wanted: {placement.Message} Change the label, the selector or the composite that wants it.");
            }

            edit.Withdrawals.Add(new Withdrawal(placement.Promise, placement.Cluster));
            var deliveries = await Deliveries.OfAsync(edit.Database, edit.Before, [placement], cancellationToken);
            var asItWas = PlacementView.Of(placement, edit.Before, deliveries(placement));
            return new Edited(PlacementView.Kind, command.Name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
        }
    }
}
