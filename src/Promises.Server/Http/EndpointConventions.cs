using Promises.Model;

namespace Promises.Server.Http;

/// <summary>That a route changes something, honours <c>dryRun</c>, and whose token it takes to do it for real.</summary>
internal sealed record WriteAccess(Role Role);

/// <summary>That a route only reads, whatever its method.</summary>
internal sealed record ReadAccess;

/// <summary>That a token may also come as the password of Basic authentication, as git sends it.</summary>
internal sealed record BasicAccess;

/// <summary>Names of the query parameters that a route knows.</summary>
internal sealed record QueryParameters(params string[] Names);

/// <summary>The kind of document that a route reads, for the OpenAPI document.</summary>
internal sealed record TakesDocument(string Kind);

/// <summary>The kind of document that a route answers with, for the OpenAPI document.</summary>
internal sealed record AnswersDocument(string Kind, int Status);

/// <summary>That a route answers with a stream of this media type, whatever documents are sent in.</summary>
internal sealed record AnswersStream(string MediaType);

/// <summary>What routes say about themselves.</summary>
internal static class EndpointConventions
{
    /// <summary>
    /// Every route that writes must say so: one that does not is closed to all but admins, and a dry run of it needs the same. The handler honours
    /// <see cref="Http.Query.IsDryRun"/>, because with it a viewer comes through.
    /// </summary>
    public static T Writes<T>(this T endpoint, Role role = Role.Operator) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new WriteAccess(role), new QueryParameters(Http.Query.DryRunParameter));

    public static T OnlyReads<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new ReadAccess());

    public static T TokenAsPassword<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new BasicAccess());

    /// <summary>Names the query parameters of a route; may be said several times.</summary>
    public static T Query<T>(this T endpoint, params string[] names) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new QueryParameters(names));

    /// <summary>The parameters of a list.</summary>
    public static T Paged<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.Query("limit", "continue", "labelSelector");

    public static T Takes<T>(this T endpoint, string kind) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new TakesDocument(kind));

    public static T Answers<T>(this T endpoint, string kind, int status = 200) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AnswersDocument(kind, status));

    public static T Streams<T>(this T endpoint, string mediaType) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new AnswersStream(mediaType));

    public static IReadOnlyCollection<string> KnownParameters(this Endpoint endpoint) =>
        [.. endpoint.Metadata.GetOrderedMetadata<QueryParameters>().SelectMany(parameters => parameters.Names).Distinct(StringComparer.Ordinal)];
}
