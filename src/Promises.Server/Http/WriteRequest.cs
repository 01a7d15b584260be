using Promises.Model;
using Promises.Server.Http.Auth;

namespace Promises.Server.Http;

/// <summary>What a write carries along beside its document: who asks, for what, and under which conditions.</summary>
/// <param name="Path">With its query, as the change records it.</param>
/// <param name="Check">Whether the preconditions of the request hold for an object of this resourceVersion; null for none.</param>
internal sealed record WriteRequest(Caller Caller, string Method, string Path, bool DryRun, string? ImpactToken, Func<long?, Failure?> Check);

internal static class WriteRequestExtensions
{
    public const string ImpactTokenHeader = "Impact-Token";

    public static WriteRequest Writing(this HttpContext context)
    {
        var request = context.Request;
        var token = request.Headers[ImpactTokenHeader].ToString();
        return new WriteRequest(
            context.RequiredCaller(),
            request.Method,
            request.Path.ToUriComponent() + request.QueryString.ToUriComponent(),
            Query.IsDryRun(request),
            token.Length == 0 ? null : token,
            current => Preconditions.Check(request, current));
    }
}
