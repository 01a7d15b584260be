using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Promises.Server.Http.Auth;

internal static class AuthRegistration
{
    /// <summary>Every route needs a token, unknown ones too, unless it says <c>AllowAnonymous</c>.</summary>
    public static IServiceCollection AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<TokenDirectory>();
        services.AddSingleton<TokenUse>();
        services.AddHostedService(provider => provider.GetRequiredService<TokenUse>());

        services.AddAuthentication(TokenAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);

        var policy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new RoleRequirement()).Build();
        services.AddAuthorizationBuilder().SetDefaultPolicy(policy).SetFallbackPolicy(policy);
        return services;
    }
}
