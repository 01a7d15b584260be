using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Model;
using Promises.Server.Features.Events;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;
using Promises.Server.Reconciling;

namespace Promises.Server.Features.Holds;

/// <summary>Releases what is held, or discards it. Either is a change, and is carried out by the writer of the store.</summary>
internal static class DecideHold
{
    /// <param name="Phase">Released or Discarded.</param>
    /// <param name="Reason">In the words of who decides.</param>
    public sealed record Command(string Name, HoldPhase Phase, string Reason, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken) =>
            fleet.RunAsync(command.Request, (edit, token) => EditAsync(command, edit, token), cancellationToken);

        private static async Task<Outcome<Edited>> EditAsync(Command command, FleetEdit edit, CancellationToken cancellationToken)
        {
            // Locked, because the writer may be about to find that the batch is another one by now.
            var number = Hold.NumberIn(command.Name) ?? 0;
            var hold = await edit.Database.Holds.FromSql($"SELECT * FROM holds WHERE number = {number} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
            if (hold is null) return new Failure.NotFound(HoldView.Kind, command.Name);
            if (edit.Request.Preconditions(hold.ResourceVersion) is { } failure) return failure;
            if (hold.Phase != HoldPhase.Held) return new AlreadyDecided(hold);
            if (hold.External && !edit.Request.DryRun && edit.Request.Role < Role.Admin)
                return new Failure.Forbidden($"{hold.Name} concerns clusters of external environments: deciding about it takes a token of role admin.");

            hold.Decide(command.Phase, edit.Request.By, command.Reason, edit.Stamp());
            edit.Touch(EventType.Modified, HoldView.Kind, hold.Name);
            var word = command.Phase == HoldPhase.Released ? "released" : "discarded";
            edit.Says = new Account($"{HoldView.Kind} {hold.Name} {word}: {command.Reason}", command.Phase == HoldPhase.Released ? hold.Impact : null);
            if (!edit.Request.DryRun) await HandOnAsync(edit, hold, cancellationToken);
            return new Edited(HoldView.Kind, hold.Name, Effect.Updated, [], _ => Task.FromResult(HoldView.Of(hold)));
        }

        private static async Task HandOnAsync(FleetEdit edit, Hold hold, CancellationToken cancellationToken)
        {
            var goesOn = hold.Phase == HoldPhase.Released || hold.Reason == HoldReason.UnconfirmedRemoval;
            var (reason, message) = goesOn
                ? ("HoldDecided", $"{hold.Name} was {(hold.Phase == HoldPhase.Released ? "released" : "discarded")}; what waited is written next.")
                : ("HoldDiscarded", HoldBook.Discarded(hold));
            await using (var events = new NpgsqlBatch((NpgsqlConnection)edit.Database.Database.GetDbConnection()))
            {
                EventRows.Waiting(events, hold.StateStore);
                await events.ExecuteNonQueryAsync(cancellationToken);
            }

            await edit.Database.Database.ExecuteSqlAsync(
                $"UPDATE store_delivery SET reason = {reason}, message = {message}, next_try = CASE WHEN {goesOn} THEN {edit.At} ELSE next_try END WHERE state_store = {hold.StateStore}",
                cancellationToken);
            if (!goesOn) return;

            edit.Decided.Add(hold.StateStore);
            // Numbers that stand on the branch already are not given out again: each means one version for ever.
            if (hold.BranchVersion is { } version)
                await edit.Database.Database.ExecuteSqlAsync($"UPDATE fleet SET version = greatest(version, {version})", cancellationToken);
        }
    }
}

/// <summary>Somebody was quicker.</summary>
internal sealed record AlreadyDecided(Hold Hold) : Failure, IProblem
{
    public ProblemResult ToProblem() => Problems.Write(
        409, "already-decided", $"The {HoldView.Kind} {Hold.Name} is decided.",
        $"{Hold.By} {(Hold.Phase == HoldPhase.Released ? "released" : "discarded")} it at {ApiJson.Time(Hold.DecidedAt!.Value)}: {Hold.Note}",
        new JsonObject { ["phase"] = Hold.Phase.ToString(), ["by"] = Hold.By });
}
