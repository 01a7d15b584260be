using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Promises.Model;

namespace Promises.Server.Http;

/// <summary>The body is of a kind that this route does not read.</summary>
internal sealed record UnsupportedMediaType(string Detail, bool Patch) : Failure, IProblem
{
    public ProblemResult ToProblem()
    {
        var problem = Problems.Write(415, "unsupported-media-type", "The media type of the body is not supported.", Detail);
        problem.Headers[Patch ? "Accept-Patch" : HeaderNames.Accept] = string.Join(", ", Patch ? MediaTypes.Patch : MediaTypes.Documents);
        return problem;
    }
}

/// <summary>Nothing that <c>Accept</c> names can be sent.</summary>
internal sealed record NotAcceptable(IReadOnlyList<string> Offered) : Failure, IProblem
{
    public ProblemResult ToProblem() =>
        Problems.Write(406, "not-acceptable", "No acceptable media type.", Offered.Count == 1 ? $"Accept {Offered[0]}." : $"Accept one of {string.Join(", ", Offered)}.");
}

/// <summary>No token, or one that is not valid.</summary>
internal sealed record Unauthenticated(string Detail, bool Basic = false) : Failure, IProblem
{
    public ProblemResult ToProblem()
    {
        var problem = Problems.Write(401, "unauthenticated", "A valid token is needed.", Detail);
        problem.Headers[HeaderNames.WWWAuthenticate] = Basic ? "Basic realm=\"promises\", charset=\"UTF-8\"" : "Bearer realm=\"promises\"";
        return problem;
    }
}

/// <summary>The repository of a state store could not be read.</summary>
/// <param name="Reason">As in the condition Ready of the store.</param>
internal sealed record StateStoreTrouble(string Name, string Reason, string Detail) : Failure, IProblem
{
    public ProblemResult ToProblem() =>
        Problems.Write(502, "state-store-failed", $"The repository of the StateStore {Name} cannot be read.", Detail, new JsonObject { ["reason"] = Reason });
}
