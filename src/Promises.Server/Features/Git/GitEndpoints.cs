using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Promises.Model;
using Promises.Server.Http;
using Promises.StateStores;

namespace Promises.Server.Features.Git;

/// <summary>Embedded stores over git's smart HTTP, for reading only: any user name, a token as the password.</summary>
internal static class GitEndpoints
{
    public static void MapGit(this IEndpointRouteBuilder routes)
    {
        var git = routes.MapGroup("/git/{repository}").WithTags("Git").TokenAsPassword().OnlyReads();

        git.MapGet("/info/refs", AdvertiseAsync)
            .WithName("AdvertiseRefs").WithSummary("The refs of an embedded store, as git clone and git fetch ask for them").Query("service");

        git.MapPost("/git-upload-pack", ServeAsync)
            .WithName("UploadPack").WithSummary("The objects of an embedded store, as git clone and git fetch ask for them");

        git.MapPost("/git-receive-pack", () => Problems.From(ReadOnly))
            .WithName("ReceivePack").WithSummary("Always refused: what is on the branch follows from placements");
    }

    private static Failure.Forbidden ReadOnly { get; } = new("An embedded store is read-only: what is on its branch follows from placements.");

    private static async Task<IResult> AdvertiseAsync(string repository, HttpContext context, IMediator mediator, UploadPack pack)
    {
        var service = context.Request.Query["service"].ToString();
        if (service == "git-receive-pack") return Problems.From(ReadOnly);
        if (service != "git-upload-pack") return Problems.From(new Failure.Malformed("Only the smart protocol is spoken here: service is git-upload-pack."));

        var path = await mediator.Send(new FindRepository.Query(repository), context.RequestAborted);
        if (path.Failure is { } failure) return Problems.From(failure);

        Begin(context.Response, UploadPack.AdvertisementType);
        await pack.AdvertiseAsync(path.Value, context.Request.Headers["Git-Protocol"], context.Response.Body, context.RequestAborted);
        return Results.Empty;
    }

    private static async Task<IResult> ServeAsync(string repository, HttpContext context, IMediator mediator, UploadPack pack)
    {
        var request = context.Request;
        if (request.ContentType != UploadPack.RequestType) return Problems.From(new UnsupportedMediaType($"Git sends {UploadPack.RequestType}.", Patch: false));

        var path = await mediator.Send(new FindRepository.Query(repository), context.RequestAborted);
        if (path.Failure is { } failure) return Problems.From(failure);

        // What a client has already can be a long list, and it is streamed to git and not kept.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        Begin(context.Response, UploadPack.ResultType);
        await pack.ServeAsync(
            path.Value, request.Headers["Git-Protocol"], request.Headers.ContentEncoding, request.Body, context.Response.Body, context.RequestAborted);
        return Results.Empty;
    }

    private static void Begin(HttpResponse response, string contentType)
    {
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache";
    }
}
