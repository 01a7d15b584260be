using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>The answer for one (Promise, cluster): what becomes of it, with every reason.</summary>
/// <param name="Revision">The pinned one; null where there is no pin.</param>
/// <param name="Headline">The first rule that fails, for people; of what is placed, why.</param>
/// <param name="Rules">All of <see cref="RuleNames.All"/>, in that order.</param>
/// <param name="Remedies">The smallest changes that make the headline's rule pass; none where nothing has to be done.</param>
public sealed record Verdict(
    string Promise,
    string Cluster,
    string Environment,
    int? Revision,
    PlacementOutcome Outcome,
    string Headline,
    IReadOnlyList<RuleResult> Rules,
    IReadOnlyList<Remedy> Remedies)
{
    /// <summary>Verdicts are listed by this.</summary>
    public string Name => $"{Promise}.{Cluster}";
}

/// <param name="Message">For people; null where there is nothing to say.</param>
/// <param name="Clauses">The conditions of the selector, of rule <c>selected</c> only.</param>
public sealed record RuleResult(string Rule, bool Passed, string? Message, IReadOnlyList<SelectorClause> Clauses);

/// <param name="Request">Null where no single request does it.</param>
public sealed record Remedy(string Message, RemedyRequest? Request);

/// <param name="Body">Null if there is none.</param>
public sealed record RemedyRequest(string Method, string Path, JsonNode? Body);
