using Microsoft.AspNetCore.Authorization;
using Promises.Model;

namespace Promises.Server.Http.Auth;

/// <summary>The one rule of access: reading takes a viewer, so does the dry run of a write; a write takes the role that its route names.</summary>
internal sealed class RoleRequirement : AuthorizationHandler<RoleRequirement>, IAuthorizationRequirement
{
    public static Role Needed(HttpContext context)
    {
        // No route, or the framework's stand-in for a wrong method or media type: any token may learn that.
        if (context.GetEndpoint() is not RouteEndpoint endpoint) return Role.Viewer;

        if (HttpMethods.IsGet(context.Request.Method) || endpoint.Metadata.GetMetadata<ReadAccess>() is not null) return Role.Viewer;

        // A route that does not say that it writes does not promise to honour dryRun either.
        if (endpoint.Metadata.GetMetadata<WriteAccess>() is not { } write) return Role.Admin;

        return Query.IsDryRun(context.Request) ? Role.Viewer : write.Role;
    }

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        if (context.Resource is HttpContext http && http.Caller()?.Is(Needed(http)) == true) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
