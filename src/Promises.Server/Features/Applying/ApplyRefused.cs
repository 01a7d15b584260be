using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Applying;

/// <summary>A stream that was refused, with the result of each document.</summary>
internal sealed record ApplyRefused(Failure Reason, ApplyStream Stream) : Failure, IProblem
{
    public ProblemResult ToProblem()
    {
        var problem = Problems.From(Reason);
        if (Reason is not Failure.Invalid) problem = problem.With("errors", Problems.Errors(Stream.ConflictErrors)["errors"]!.DeepClone());
        if (Stream.ConflictDocument is { } document && ApplyConflicts.IsConflict(Reason)) problem = problem.With("document", document);
        return problem.With("results", Stream.Results(Reason));
    }
}
