using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Fleet;

internal enum Effect { Created, Updated, Unchanged, Deleted, Planned }

/// <summary>The answer to a write that was accepted, or of a dry run.</summary>
/// <param name="Body">The object, or the Plan of a dry run.</param>
/// <param name="Change">Number of the change; null where nothing changed.</param>
/// <param name="Location">Path of a created object.</param>
internal sealed record WriteResult(JsonObject Body, Effect Effect, long? Change, string? Location = null)
{
    public IResult ToHttp() => Effect == Effect.Created ? ApiResults.Created(Location!, Body, Change) : ApiResults.Ok(Body, Change);
}

/// <summary>A write that removes, without the token of a plan that showed exactly these removals.</summary>
/// <param name="Changed">A valid token was sent, but the removals have changed since.</param>
internal sealed record ImpactUnconfirmed(bool Changed, JsonObject Impact, string Token, DateTimeOffset ExpiresAt) : Failure, IProblem
{
    public ProblemResult ToProblem()
    {
        var extensions = new JsonObject { ["impact"] = Impact.DeepClone(), ["impactToken"] = Token, ["expiresAt"] = ApiJson.Time(ExpiresAt) };
        return Changed
            ? Problems.Write(409, "impact-changed", "What would be removed has changed.", "Look at the new impact, and repeat the same request with the header Impact-Token if that is what you want.", extensions)
            : Problems.Write(409, "impact-confirmation-required", "This removes something.", "Look at the impact, and repeat the same request with the header Impact-Token if that is what you want.", extensions);
    }
}
