using MediatR;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
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
        var body = await ApiBody.ReadOneAsync(context, Kinds.Token);
        if (body.Failure is not null) return Problems.From(body.Failure);

        var document = FleetDocuments.Parse(body.Value.Content, Kinds.Token, DocumentContext.Strict);
        if (document.Failure is not null) return Problems.From(document.Failure);

        var command = new CreateToken.Command((TokenDocument)document.Value, context.WriteRequest(body.Value.Hash));
        return (await mediator.Send(command, context.RequestAborted)).ToHttp();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IMediator mediator)
    {
        var page = Paging.Read(context.Request);
        var selector = context.LabelSelector();
        if ((page.Failure ?? selector.Failure) is { } failure) return Problems.From(failure);

        var list = await mediator.Send(new ListTokens.Query(page.Value.After, page.Value.Limit + 1, selector.Value), context.RequestAborted);
        return context.Page(page.Value, Kinds.Token, list);
    }

    private static async Task<IResult> RevokeAsync(string name, HttpContext context, IMediator mediator) =>
        (await mediator.Send(new RevokeToken.Command(name, context.WriteRequest()), context.RequestAborted)).ToHttp();
}
