using Promises.Model;

namespace Promises.Server.Http;

/// <summary>
/// Query parameters: each route names those it knows (<see cref="EndpointConventions.Query{T}"/>), any other is an error, as is one that is given twice.
/// Names are exact, because what is nearly <c>dryRun</c> must not become a write.
/// </summary>
internal static class Query
{
    public const string DryRunParameter = "dryRun";

    /// <summary>The only parameter that may be repeated.</summary>
    public const string AllowSecretParameter = "allowSecret";

    /// <summary>The value of a parameter, null if it is absent.</summary>
    public static string? Value(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>The value of a parameter that narrows a list; null, which narrows nothing, if it is absent or empty.</summary>
    public static string? Filter(HttpRequest request, string name) => Value(request, name) is { Length: > 0 } value ? value : null;

    /// <summary>Holds for exactly one <c>true</c> or <c>All</c>; whatever else is sent, <see cref="Check"/> refuses.</summary>
    public static bool IsDryRun(HttpRequest request) =>
        request.Query.TryGetValue(DryRunParameter, out var values) && values is ["true" or "All"];

    public static Failure? Check(HttpRequest request, IReadOnlyCollection<string> known)
    {
        foreach (var (name, values) in request.Query)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
                return new Failure.Malformed(known.Count == 0
                    ? $"Unknown query parameter {Shown(name)}: there are none here."
                    : $"Unknown query parameter {Shown(name)}. Known here: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");

            if (values.Count > 1 && name != AllowSecretParameter)
                return new Failure.Malformed($"The query parameter {name} is given {values.Count} times.");

            if (name == DryRunParameter && values is not ["true" or "All" or "false"])
                return new Failure.Malformed("dryRun is true, All or false.");
        }

        return null;
    }

    private static string Shown(string name) => name.Length <= 40 ? name : name[..40];
}
