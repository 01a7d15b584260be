using Promises.Model;

namespace Promises.Scheduling;

/// <summary>A rule that does not pass, and why.</summary>
/// <param name="Rule">One of <see cref="RuleNames"/>.</param>
/// <param name="Reason">Of a placement that is blocked by it; null where a miss means no placement.</param>
/// <param name="Message">For people: names the Promise, the cluster and what was found.</param>
/// <param name="Group">The same in few words and without the cluster: clusters with equal groups are counted together.</param>
/// <param name="Culprit">The Promise that stands in the way or is missing; null if it is none.</param>
internal sealed record Rejection(string Rule, ScheduledReason? Reason, string Message, string Group, string? Culprit = null);
