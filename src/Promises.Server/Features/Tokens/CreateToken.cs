using MediatR;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Tokens;

/// <summary>Makes a token. What is kept is its digest, so the answer is the only place where the token itself ever stands.</summary>
internal static class CreateToken
{
    public sealed record Command(TokenDocument Document, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    public sealed class Handler(FleetWriter fleet) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken) =>
            fleet.RunAsync(command.Request, (edit, token) => EditAsync(command.Document, edit, token), cancellationToken);

        private static async Task<Outcome<Edited>> EditAsync(TokenDocument document, FleetEdit edit, CancellationToken cancellationToken)
        {
            var name = document.Meta.Name;
            if (document.Spec.ExpiresAt <= edit.At)
                return new Failure.Invalid(Kinds.Token, [new FieldError("/spec/expiresAt", ApiJson.Time(document.Spec.ExpiresAt.Value), Rules.Range, "Give a time in the future, or leave it out.")]);

            var existing = await edit.Database.AccessTokens.FindAsync([name], cancellationToken);
            if (existing is not null) return new Failure.AlreadyExists(Kinds.Token, name, "Revoke it first, or choose another name.");
            if (edit.Request.Check(Kinds.Token, name, existing, document.Meta.ResourceVersion) is { } failure) return failure;

            var text = TokenText.New();
            var made = AccessToken.Create(document.Meta, document.Spec.Role, TokenText.Hash(text), TokenText.Prefix(text), document.Spec.ExpiresAt, edit.Stamp());
            edit.Database.AccessTokens.Add(made);
            edit.Touch(EventType.Added, Kinds.Token, name);
            return new Edited(
                Kinds.Token, name, Effect.Created, document.Warnings,
                _ => Task.FromResult(TokenView.From(made, edit.Request.DryRun ? null : text, document.Warnings)), $"/tokens/{name}") { IsSecret = true };
        }
    }
}
