using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Git;

/// <summary>The repository lies in the data directory of another server, and only that one can serve it.</summary>
/// <param name="Host">Null if no server has taken the store yet.</param>
internal sealed record Misdirected(string Store, string? Host) : Failure, IProblem
{
    public ProblemResult ToProblem() => Problems.Write(
        421, "misdirected", $"The repository of {Store} is not on this server.",
        Host is null ? "No server that writes to state stores has taken it yet. Start one, or try again in some seconds." : $"It is on {Host}: clone it from there.");
}
