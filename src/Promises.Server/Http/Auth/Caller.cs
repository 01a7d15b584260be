using Promises.Model;

namespace Promises.Server.Http.Auth;

/// <summary>Whose token a request carries.</summary>
/// <param name="Token">Name of the token.</param>
internal sealed record Caller(string Token, Role Role)
{
    public bool Is(Role atLeast) => Role >= atLeast;
}

internal static class CallerExtensions
{
    /// <summary>Null on open routes.</summary>
    public static Caller? Caller(this HttpContext context) => context.Features.Get<Caller>();

    /// <summary>On routes that need a token, which all do that do not say otherwise.</summary>
    public static Caller RequiredCaller(this HttpContext context) =>
        context.Caller() ?? throw new InvalidOperationException("The route is open and has no caller.");
}
