using MediatR;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Http;

namespace Promises.Server.Features.Tokens;

/// <summary>Routes for access tokens.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/tokens").WithTags("Tokens");

        tokens.MapPost("", CreateAsync).Writes(Role.Admin)
            .WithName("CreateToken").WithSummary("Make an access token; its text is in this answer and nowhere else").Takes("Token").Answers("Token", 201);

        tokens.MapGet("", ListAsync).Paged()
            .WithName("ListTokens").WithSummary("List access tokens, without their texts").Answers("TokenList");

        tokens.MapGet("/{name}", async (string name, IMediator mediator, CancellationToken cancellationToken) =>
                ApiResults.OkOrProblem(await mediator.Send(new GetToken.Query(name), cancellationToken)))
            .WithName("GetToken").WithSummary("Show the prefix, role and last use of an access token").Answers("Token");

        tokens.MapDelete("/{name}", RevokeAsync).Writes(Role.Admin)
            .WithName("RevokeToken").WithSummary("Revoke an access token").Answers("Token");
    }

    private static async Task<IResult> CreateAsync(HttpContext context, IMediator mediator)
    {
        var body = await ApiBody.ReadOneAsync(context, "Token");
        var document = body.Then(read => FleetDocuments.Parse(read.Content, "Token", DocumentContext.Strict));
        if (document.Failure is { } failure) return Problems.From(failure);

        var command = new CreateToken.Command((TokenDocument)document.Value, TokenRequest.Of(context));
        var outcome = await mediator.Send(command, context.RequestAborted);
        return outcome.Match<IResult>(Answer, Problems.From);

        static IResult Answer(CreateToken.Made made) => made.Change is { } change
            ? ApiResults.Created($"/tokens/{made.View["metadata"]!["name"]}", made.View, change)
            : ApiResults.Ok(TokenPlan.Of(made.View));
    }

    private static async Task<IResult> ListAsync(HttpContext context, IMediator mediator)
    {
        var page = Paging.Read(context.Request);
        if (page.Failure is { } failure) return Problems.From(failure);

        var query = new ListTokens.Query(page.Value, Query.Value(context.Request, "labelSelector"));
        var outcome = await mediator.Send(query, context.RequestAborted);
        return outcome.Match<IResult>(
            read => ApiResults.Ok(Paging.List(context.Request, page.Value, "TokenList", read.Version, read.Tokens, token => token.Name, token => TokenView.From(token))),
            Problems.From);
    }

    private static async Task<IResult> RevokeAsync(string name, HttpContext context, IMediator mediator)
    {
        var outcome = await mediator.Send(new RevokeToken.Command(name, TokenRequest.Of(context)), context.RequestAborted);
        return outcome.Match<IResult>(
            revoked => revoked.Change is { } change ? ApiResults.Ok(revoked.View, change) : ApiResults.Ok(TokenPlan.Of(revoked.View)),
            Problems.From);
    }
}
