using System.Globalization;
using MediatR;
using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Catalog;

/// <summary>Routes for Promises and their revisions. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class PromiseEndpoints
{
    public static void MapPromises(this IEndpointRouteBuilder api, PromiseKind kind)
    {
        var promises = api.MapFleetKind(kind, "A");

        promises.MapGet("/{name}/revisions", ListAsync).Query("limit", "continue").Answers("RevisionList")
            .WithName("ListRevisions").WithSummary("The revisions of a Promise by number");
        promises.MapGet("/{name}/revisions/{number}", GetAsync).Answers(RevisionView.Kind)
            .WithName("GetRevision").WithSummary("One revision of a Promise");
    }

    private static async Task<IResult> ListAsync(string name, HttpContext context, IMediator mediator)
    {
        var page = Paging.Read(context.Request);
        if (page.Failure is not null) return Problems.From(page.Failure);

        var list = await mediator.Send(new ListRevisions.Query(name, null, page.Value.After, page.Value.Limit + 1), context.RequestAborted);
        return list.Match<IResult>(
            result => ApiResults.Ok(Paging.List(
                context.Request, page.Value, "RevisionList", result.Version, result.Items,
                item => item["status"]!["number"]!.GetValue<int>().ToString(CultureInfo.InvariantCulture), item => item)),
            Problems.From);
    }

    private static async Task<IResult> GetAsync(string name, string number, HttpContext context, IMediator mediator)
    {
        var missing = new Failure.NotFound(RevisionView.Kind, $"{name}.{number}");
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted)) return Problems.From(missing);

        var list = await mediator.Send(new ListRevisions.Query(name, wanted, null, 1), context.RequestAborted);
        return ApiResults.OkOrProblem(list.Then<System.Text.Json.Nodes.JsonObject>(result => result.Items.Count == 0 ? missing : result.Items[0]));
    }
}
