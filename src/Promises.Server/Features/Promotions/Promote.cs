using System.Text.Json.Nodes;
using MediatR;
using Promises.Environments;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Promotions;

/// <summary>Moves chosen pins from one rung of the ladder to the next.</summary>
internal static class Promote
{
    public sealed record Command(PromotionDocument Document, JsonObject Spec, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken) =>
            fleet.RunAsync(command.Request, (edit, _) => Task.FromResult(Edit(command, edit)), cancellationToken);

        private static Outcome<Edited> Edit(Command command, FleetEdit edit)
        {
            var decided = PromotionPlan.Of(edit.Draft, command.Document.Spec);
            if (decided.Failure is not null) return decided.Failure;

            var (to, moves) = (command.Document.Spec.To, decided.Value);
            var promotion = new Promotion(
                edit.Number, command.Spec.ToJsonString(), PromotionView.Pins(moves).ToJsonString(), edit.Request.By, edit.At, Guid.CreateVersion7(edit.At));
            if (moves.Count == 0) return Done(promotion, edit, Effect.Unchanged);

            edit.Draft = moves.Aggregate(edit.Draft, (draft, move) => draft.WithPin(to, move.Promise, move.To));
            if (CycleIn(edit.Draft, to, moves) is { } cycle) return new Failure.Invalid(PromotionView.Kind, [cycle]);
            foreach (var move in moves) edit.Touch(EventType.Modified, "Promise", move.Promise);
            edit.Touch(EventType.Added, PromotionView.Kind, PromotionView.Name(edit.Number));
            edit.Database.Promotions.Add(promotion);
            return Done(promotion, edit, Effect.Created);
        }

        /// <summary>Each revision was free of cycles where it was published; revisions of other times may meet here.</summary>
        private static FieldError? CycleIn(FleetSnapshot fleet, string environment, IReadOnlyList<PinMove> moves) => moves
            .Select(move => fleet.FindRevision(move.Promise, move.To)).OfType<RevisionState>()
            .Select(revision => CatalogCycles.Find(fleet, environment, revision)).OfType<IReadOnlyList<string>>()
            .Select(cycle => new FieldError("/spec/promises", string.Join(" -> ", cycle), Rules.Cycle, $"Promote these together, so that {environment} has revisions that fit."))
            .FirstOrDefault();

        private static Outcome<Edited> Done(Promotion promotion, FleetEdit edit, Effect effect) =>
            new Edited(PromotionView.Kind, PromotionView.Name(edit.Number), effect, [],
                _ => Task.FromResult(PromotionView.Of(promotion, (edit.Planned?.Impact ?? Impact.None).ToJson())),
                $"/promotions/{PromotionView.Name(edit.Number)}");
    }
}
