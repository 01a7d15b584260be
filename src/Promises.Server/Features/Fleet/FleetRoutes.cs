using MediatR;
using Promises.Model.Documents;
using Promises.Selectors;
using Promises.Server.Hosting;
using Promises.Server.Http;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Fleet;

/// <summary>The routes that every kind of object has. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class FleetRoutes
{
    private const string ImpactTokenHeader = "Impact-Token";

    public static RouteGroupBuilder MapFleetKind(this IEndpointRouteBuilder api, IFleetKind kind, string article, bool deletable = true)
    {
        var name = kind.Kind;
        var group = api.MapGroup(kind.Route).WithTags(name);

        group.MapGet("", (HttpContext context, IMediator mediator) => ListAsync(context, mediator, kind))
            .Paged().Answers($"{name}List").WithName($"List{name}s").WithSummary($"A page of {name}s by name");
        group.MapGet("/{name}", (string name, HttpContext context, IMediator mediator) => GetAsync(context, mediator, kind, name))
            .Answers(name).WithName($"Get{name}").WithSummary($"{article} {name} by name");
        group.MapPost("", (HttpContext context, IMediator mediator) => PutAsync(context, mediator, kind, null, PutMode.Create))
            .Writes(kind.Writer).Query(Query.AllowSecretParameter).Takes(name).Answers(name, 201).WithName($"Create{name}").WithSummary($"Create {article.ToLowerInvariant()} {name}");
        group.MapPut("/{name}", (string name, HttpContext context, IMediator mediator) => PutAsync(context, mediator, kind, name, PutMode.Replace))
            .Writes(kind.Writer).Query(Query.AllowSecretParameter).Takes(name).Answers(name).WithName($"Replace{name}").WithSummary($"Create or replace {article.ToLowerInvariant()} {name}");
        group.MapPatch("/{name}", (string name, HttpContext context, IMediator mediator) => PatchAsync(context, mediator, kind, name))
            .Writes(kind.Writer).Query(Query.AllowSecretParameter).Answers(name).WithName($"Patch{name}").WithSummary($"Merge a patch (RFC 7396) into {article.ToLowerInvariant()} {name}");
        if (deletable)
        {
            group.MapDelete("/{name}", (string name, HttpContext context, IMediator mediator) => DeleteAsync(context, mediator, kind, name))
                .Writes(kind.Writer).Answers(name).WithName($"Delete{name}").WithSummary($"Delete {article.ToLowerInvariant()} {name}");
        }

        return group;
    }

    /// <summary>What deciding needs to know of this request.</summary>
    public static WriteRequest WriteRequest(this HttpContext context, byte[]? bodyHash = null)
    {
        var caller = context.RequiredCaller();
        var query = string.Join('&', context.Request.QueryString.Value?.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(parameter => parameter != Query.DryRunParameter && !parameter.StartsWith(Query.DryRunParameter + "=", StringComparison.Ordinal)) ?? []);
        return new WriteRequest(
            caller.Token, caller.Role, context.Request.Method,
            query.Length == 0 ? context.Request.Path.ToString() : $"{context.Request.Path}?{query}",
            bodyHash ?? ApiBody.NoBody, Query.IsDryRun(context.Request),
            context.Request.Headers[ImpactTokenHeader] is [{ Length: > 0 } token] ? token : null,
            current => Preconditions.Check(context.Request, current))
        {
            // PUT, PATCH and DELETE name what they change, so they bear being repeated as they are.
            IdempotencyKey = HttpMethods.IsPost(context.Request.Method) && context.Request.Headers.TryGetValue(IdempotencyKeys.Header, out var key) ? string.Join('\n', key.ToArray()) : null,
        };
    }

    public static DocumentContext DocumentContext(this HttpContext context)
    {
        var secrets = context.Request.Query[Query.AllowSecretParameter].OfType<string>()
            .Select(secret => secret.Contains('/', StringComparison.Ordinal) ? secret : $"default/{secret}");
        var local = context.RequestServices.GetRequiredService<ServerOptions>().Git.AllowLocal;
        return new DocumentContext(local, secrets.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The parameter labelSelector, null where absent.</summary>
    public static Model.Outcome<LabelQuery?> LabelSelector(this HttpContext context)
    {
        var text = Query.Value(context.Request, "labelSelector");
        if (string.IsNullOrEmpty(text)) return (LabelQuery?)null;
        return LabelSelectorText.TryParse(text, out var selector, out var error) ? selector : new Model.Failure.Malformed($"labelSelector: {error}");
    }

    /// <summary>A page of objects, by name.</summary>
    public static IResult Page(this HttpContext context, Page page, string kind, ListObjects.Result list) => ApiResults.Ok(Paging.List(
        context.Request, page, $"{kind}List", list.Version, list.Items, item => item["metadata"]!["name"]!.GetValue<string>(), item => item));

    private static async Task<IResult> ListAsync(HttpContext context, IMediator mediator, IFleetKind kind)
    {
        var page = Paging.Read(context.Request);
        var selector = context.LabelSelector();
        if ((page.Failure ?? selector.Failure) is { } failure) return Problems.From(failure);

        var list = await mediator.Send(new ListObjects.Query(kind, page.Value.After, page.Value.Limit + 1, selector.Value), context.RequestAborted);
        return context.Page(page.Value, kind.Kind, list);
    }

    private static async Task<IResult> GetAsync(HttpContext context, IMediator mediator, IFleetKind kind, string name) =>
        ApiResults.OkOrProblem(await mediator.Send(new GetObject.Query(kind, name), context.RequestAborted));

    private static async Task<IResult> PutAsync(HttpContext context, IMediator mediator, IFleetKind kind, string? name, PutMode mode)
    {
        var body = await ApiBody.ReadOneAsync(context, kind.Kind);
        if (body.Failure is not null) return Problems.From(body.Failure);

        var command = new PutObject.Command(kind, body.Value.Content, name, mode, context.DocumentContext(), context.WriteRequest(body.Value.Hash));
        return (await mediator.Send(command, context.RequestAborted)).ToHttp();
    }

    private static async Task<IResult> PatchAsync(HttpContext context, IMediator mediator, IFleetKind kind, string name)
    {
        var body = await ApiBody.ReadOneAsync(context, kind.Kind);
        if (body.Failure is not null) return Problems.From(body.Failure);

        var command = new PatchObject.Command(kind, name, body.Value.Content, context.DocumentContext(), context.WriteRequest(body.Value.Hash));
        return (await mediator.Send(command, context.RequestAborted)).ToHttp();
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, IMediator mediator, IFleetKind kind, string name) =>
        (await mediator.Send(new DeleteObject.Command(kind, name, context.WriteRequest()), context.RequestAborted)).ToHttp();

    public static IResult ToHttp(this Model.Outcome<WriteResult> outcome) => outcome.Match(result => result.ToHttp(), Problems.From);
}
