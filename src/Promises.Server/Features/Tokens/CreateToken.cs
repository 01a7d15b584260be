using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Http;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Tokens;

/// <summary>Makes a token. What is kept is its digest, so the answer is the only place where the token itself ever stands.</summary>
internal static class CreateToken
{
    public sealed record Command(TokenDocument Document, TokenRequest Request) : IRequest<Outcome<Made>>;

    /// <param name="Change">Null after a dry run.</param>
    public sealed record Made(JsonObject View, long? Change);

    public sealed class Handler(PromisesDb db, TimeProvider time) : IRequestHandler<Command, Outcome<Made>>
    {
        public async Task<Outcome<Made>> Handle(Command command, CancellationToken cancellationToken)
        {
            var (document, request) = (command.Document, command.Request);
            if (document.Spec.ExpiresAt <= time.GetUtcNow())
                return new Failure.Invalid("Token", [new FieldError("/spec/expiresAt", ApiJson.Time(document.Spec.ExpiresAt.Value), Rules.Range, "Give a time in the future, or leave it out.")]);

            await using var change = await TokenChange.BeginAsync(db, request, time, cancellationToken);
            var name = document.Meta.Name;
            var existing = await db.AccessTokens.AsNoTracking().SingleOrDefaultAsync(token => token.Name == name, cancellationToken);
            if (request.Check(existing?.ResourceVersion) is { } failure) return failure;
            if (existing is not null) return new Failure.AlreadyExists("Token", name, "Revoke it first, or choose another name.");

            var text = TokenText.New();
            var token = AccessToken.Create(document.Meta, document.Spec.Role, TokenText.Hash(text), TokenText.Prefix(text), document.Spec.ExpiresAt, change.Stamp);
            if (request.DryRun) return new Made(TokenView.From(token).With(document.Warnings), null);

            db.AccessTokens.Add(token);
            await change.CommitAsync(EventType.Added, name, $"Token {name} made", cancellationToken);
            return new Made(TokenView.From(token, text).With(document.Warnings), change.Stamp.Change);
        }
    }
}
