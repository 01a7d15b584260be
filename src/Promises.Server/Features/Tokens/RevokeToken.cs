using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Tokens;

/// <summary>Ends a token: here at once, on other replicas within seconds. The last one that can make others stays.</summary>
internal static class RevokeToken
{
    public sealed record Command(string Name, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    public sealed class Handler(FleetWriter fleet, TokenDirectory tokens) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public async Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken)
        {
            var outcome = await fleet.RunAsync(command.Request, (edit, token) => EditAsync(command.Name, edit, token), cancellationToken);
            if (outcome.Succeeded) tokens.Forget(command.Name);
            return outcome;
        }

        private static async Task<Outcome<Edited>> EditAsync(string name, FleetEdit edit, CancellationToken cancellationToken)
        {
            var token = await edit.Database.AccessTokens.FindAsync([name], cancellationToken);
            if (token is null) return new Failure.NotFound(Kinds.Token, name);
            if (edit.Request.Check(Kinds.Token, name, token, null) is { } failure) return failure;

            if (token.Role == Role.Admin
                && !await edit.Database.AccessTokens.AnyAsync(other => other.Name != name && other.Role == Role.Admin && other.ExpiresAt == null, cancellationToken))
                return new Failure.InUse(Kinds.Token, name, [], "It is the last admin token that does not expire: make another one first.");

            var asItWas = TokenView.From(token);
            edit.Database.Remove(token);
            // A later token of this name is another's: what this one was answered is not for it.
            if (!edit.Request.DryRun) await edit.Database.Database.ExecuteSqlAsync($"DELETE FROM idempotency_keys WHERE principal = {name}", cancellationToken);
            edit.Touch(EventType.Deleted, Kinds.Token, name);
            return new Edited(Kinds.Token, name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
        }
    }
}
