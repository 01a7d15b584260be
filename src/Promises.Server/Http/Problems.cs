using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Promises.Model;

namespace Promises.Server.Http;

/// <summary>A failure that only this server knows, and that says itself how it looks as a problem document.</summary>
internal interface IProblem
{
    ProblemResult ToProblem();
}

/// <summary>The one place where failures become status codes and problem documents.</summary>
internal static class Problems
{
    public const string MediaType = "application/problem+json";

    /// <summary>Longest piece of a client's own text that is sent back.</summary>
    private const int ShownValue = 200;

    /// <param name="extensions">Further members of the document, such as <c>impact</c>.</param>
    public static ProblemResult Write(int status, string code, string title, string detail, JsonObject? extensions = null) =>
        new(status, code, title, detail, extensions);

    public static ProblemResult From(Failure failure) => failure switch
    {
        IProblem own => own.ToProblem(),
        Failure.Malformed f => Write(400, "malformed", "The request cannot be read.", f.Detail),
        Failure.Invalid f => Write(422, "invalid", $"The {f.Kind} is not valid.", Mistakes(f.Errors.Count), Errors(f.Errors)),
        Failure.NotFound f => Write(404, "not-found", $"There is no {f.Kind} {f.Name}.", $"No {f.Kind} has the name {Cut(f.Name)}."),
        Failure.AlreadyExists f => Write(409, "already-exists", $"The {f.Kind} {f.Name} exists already.", f.Detail),
        Failure.InUse f => Write(409, "in-use", $"The {f.Kind} {f.Name} is in use.", f.Detail, Users(f.Users)),
        Failure.VersionReused f => Write(409, "version-reused", $"Version {f.Version} of {f.Promise} is taken.",
            $"Revision {f.Revision} of {f.Promise} has version {f.Version} and other content: give the new content another version.",
            new JsonObject { ["revision"] = f.Revision }),
        Failure.StaleResourceVersion f => Write(409, "stale-resource-version", $"The {f.Kind} {f.Name} has changed meanwhile.",
            $"metadata.resourceVersion is {Cut(f.Sent)}, the current one is {f.Current}: read it again and repeat the change."),
        Failure.PreconditionFailed f => Write(412, "precondition-failed", "A precondition of the request does not hold.", f.Detail),
        Failure.PromotionIncomplete f => Write(409, "promotion-incomplete", $"The promotion to {f.To} is not complete.",
            $"These would be needed in {f.To} and have no pin there: {string.Join(", ", f.Missing)}. Promote them too.",
            new JsonObject { ["missing"] = new JsonArray([.. f.Missing.Select(name => (JsonNode)name)]) }),
        Failure.Forbidden f => Write(403, "forbidden", "The token does not allow this.", f.Detail),
        Failure.TooLarge f => Write(413, "too-large", "The request is too large.", f.Detail),
        Failure.Unavailable f => Unavailable(f.Detail),
        _ => throw new InvalidOperationException($"No problem document is defined for {failure.GetType().Name}."),
    };

    /// <summary>The members <c>errors</c> of an <c>invalid</c> problem, for those who add members of their own.</summary>
    public static JsonObject Errors(IReadOnlyList<FieldError> errors) =>
        new() { ["errors"] = new JsonArray([.. errors.Select(Error)]) };

    public static string Mistakes(int count) => count == 1 ? "1 mistake." : $"{count.ToString(CultureInfo.InvariantCulture)} mistakes.";

    private static ProblemResult Unavailable(string detail)
    {
        var problem = Write(503, "unavailable", "The database is out of reach.", detail);
        problem.Headers[HeaderNames.RetryAfter] = "5";
        return problem;
    }

    private static JsonObject Users(IReadOnlyList<ObjectReference> users) => new()
    {
        ["users"] = new JsonArray([.. users.Select(user => new JsonObject { ["kind"] = user.Kind, ["name"] = user.Name })]),
    };

    private static JsonObject Error(FieldError error)
    {
        var node = new JsonObject
        {
            ["pointer"] = error.Pointer,
            ["value"] = error.Value is null ? null : Cut(error.Value),
            ["rule"] = error.Rule,
            ["remedy"] = error.Remedy,
        };
        if (error.Document is { } document) node["document"] = document;
        return node;
    }

    private static string Cut(string text)
    {
        if (text.Length <= ShownValue) return text;

        // Never through the middle of a character beyond the basic plane: the rest would not be valid text.
        var length = char.IsHighSurrogate(text[ShownValue - 1]) ? ShownValue - 1 : ShownValue;
        return text[..length];
    }
}
