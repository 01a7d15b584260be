using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Promises.Model;

namespace Promises.Server.Http.Auth;

/// <summary>Reads <c>Authorization: Bearer</c>; on routes for git also <c>Basic</c>, whose password is the token and whose user name means nothing.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, TokenDirectory tokens, TokenUse use)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Token";

    private bool Basic => Context.GetEndpoint()?.Metadata.GetMetadata<BasicAccess>() is not null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Token(Request.Headers.Authorization.ToString()) is not { Length: > 0 } token) return AuthenticateResult.NoResult();

        var caller = await tokens.FindAsync(token, Context.RequestAborted);
        if (caller is null) return AuthenticateResult.Fail("The token is unknown, expired or revoked.");

        use.Note(caller.Token);
        Context.Features.Set(caller);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, caller.Token)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var detail = Request.Headers.Authorization.Count == 0
            ? "Send the header Authorization: Bearer <token>. The first token lies in admin.token in the data directory."
            : "The token is unknown, expired or revoked.";
        await Problems.From(new Unauthenticated(detail, Basic)).ExecuteAsync(Context);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var (caller, needed) = (Context.RequiredCaller(), RoleRequirement.Needed(Context));
        await Problems.From(new Failure.Forbidden($"It takes the role {Name(needed)}; the token {caller.Token} has the role {Name(caller.Role)}."))
            .ExecuteAsync(Context);
    }

    private static string Name(Role role) => role.ToString().ToLowerInvariant();

    /// <summary>The token of a Bearer header; null for any other.</summary>
    public static string? Bearer(string header) =>
        header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;

    private string? Token(string header)
    {
        if (Bearer(header) is { } bearer) return bearer;
        if (!Basic || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;

        var encoded = header["Basic ".Length..].Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length)) return null;

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? text[(colon + 1)..] : null;
    }
}
