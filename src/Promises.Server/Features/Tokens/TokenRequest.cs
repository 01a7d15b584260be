using Promises.Model;
using Promises.Server.Http;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Tokens;

/// <summary>What a change to the tokens needs to know of the request that carries it.</summary>
/// <param name="Path">With its query, as the change records it.</param>
/// <param name="Check">Holds the preconditions against the resourceVersion of the token; null where there is none.</param>
internal sealed record TokenRequest(string By, string Method, string Path, bool DryRun, Func<long?, Failure?> Check)
{
    public static TokenRequest Of(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
        return new TokenRequest(context.RequiredCaller().Token, request.Method, path, Query.IsDryRun(request), current => Preconditions.Check(request, current));
    }
}
