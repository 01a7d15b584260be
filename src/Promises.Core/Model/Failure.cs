namespace Promises.Model;

/// <summary>Why something was refused. Each becomes one problem document; the HTTP mapping lives in the server, once.</summary>
public abstract record Failure
{
    /// <summary>Not parseable, or a bad query parameter.</summary>
    public sealed record Malformed(string Detail) : Failure;

    /// <summary>Parsed, but not valid. Holds all mistakes, never only the first.</summary>
    /// <param name="Kind">What is not valid, such as <c>Cluster</c>.</param>
    public sealed record Invalid(string Kind, IReadOnlyList<FieldError> Errors) : Failure;

    public sealed record NotFound(string Kind, string Name) : Failure;

    public sealed record AlreadyExists(string Kind, string Name, string Detail) : Failure;

    /// <summary>Refused because others need it.</summary>
    public sealed record InUse(string Kind, string Name, IReadOnlyList<ObjectReference> Users, string Detail) : Failure;

    /// <summary>A version names content already, and this is other content.</summary>
    public sealed record VersionReused(string Promise, string Version, int Revision) : Failure;

    /// <summary>The resourceVersion in the body is not the current one.</summary>
    public sealed record StaleResourceVersion(string Kind, string Name, string Sent, string Current) : Failure;

    /// <summary><c>If-Match</c> or <c>If-None-Match</c> does not hold.</summary>
    public sealed record PreconditionFailed(string Detail) : Failure;

    /// <summary>A promotion that would leave included or required Promises without a pin.</summary>
    public sealed record PromotionIncomplete(string To, IReadOnlyList<string> Missing) : Failure;

    public sealed record Forbidden(string Detail) : Failure;

    public sealed record TooLarge(string Detail) : Failure;

    /// <summary>The database cannot be reached.</summary>
    public sealed record Unavailable(string Detail) : Failure;
}

/// <summary>Names one object of the API.</summary>
public sealed record ObjectReference(string Kind, string Name);
