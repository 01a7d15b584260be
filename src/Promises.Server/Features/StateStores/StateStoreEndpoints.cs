using MediatR;
using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.StateStores;

/// <summary>Routes for state stores. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class StateStoreEndpoints
{
    public static void MapStateStores(this IEndpointRouteBuilder api, StateStoreKind kind)
    {
        var stores = api.MapFleetKind(kind, "A");

        stores.MapPost("/{name}/sync", SyncAsync).Writes().Answers(StateStoreView.Kind, 202)
            .WithName("SyncStateStore").WithSummary("Look at the branch and write what waits now, instead of at nextTry");
        stores.MapGet("/{name}/audit", AuditAsync).Query("limit", "continue", "state").Answers(StoreAudit.Kind)
            .WithName("AuditStateStore").WithSummary("Hold every file on the branch, freshly fetched, against what it should be");
    }

    private static async Task<IResult> SyncAsync(string name, HttpContext context, IMediator mediator)
    {
        var dryRun = Query.IsDryRun(context.Request);
        var store = await mediator.Send(new SyncStore.Command(name, dryRun), context.RequestAborted);
        return store.Match<IResult>(view => ApiResults.Status(dryRun ? 200 : 202, view), Problems.From);
    }

    private static async Task<IResult> AuditAsync(string name, HttpContext context, IMediator mediator)
    {
        var page = Paging.Read(context.Request);
        if (page.Failure is not null) return Problems.From(page.Failure);
        var state = Query.Filter(context.Request, "state");
        if (state is not null && !StoreAudit.States.Contains(state, StringComparer.Ordinal))
            return Problems.From(new Failure.Malformed($"state is one of {string.Join(", ", StoreAudit.States)}."));

        var audit = await mediator.Send(new AuditStore.Query(name, state, page.Value.After), context.RequestAborted);
        return audit.Match<IResult>(result => ApiResults.Ok(AuditView.Of(context.Request, page.Value, result)), Problems.From);
    }
}
