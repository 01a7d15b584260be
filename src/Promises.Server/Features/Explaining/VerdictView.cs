using System.Text.Json.Nodes;
using Promises.Scheduling;

namespace Promises.Server.Features.Explaining;

/// <summary>A verdict as clients see it.</summary>
internal static class VerdictView
{
    /// <summary>What pages of verdicts are ordered by.</summary>
    public static string Key(JsonObject view) => $"{view["promise"]}.{view["cluster"]}";

    public static JsonObject Of(Verdict verdict) => new()
    {
        ["promise"] = verdict.Promise,
        ["cluster"] = verdict.Cluster,
        ["environment"] = verdict.Environment,
        ["revision"] = verdict.Revision,
        ["outcome"] = verdict.Outcome.ToString(),
        ["headline"] = verdict.Headline,
        ["rules"] = new JsonArray([.. verdict.Rules.Select(Rule)]),
        ["remedies"] = new JsonArray([.. verdict.Remedies.Select(Remedy)]),
    };

    private static JsonObject Rule(RuleResult rule)
    {
        var view = new JsonObject { ["rule"] = rule.Rule, ["passed"] = rule.Passed, ["message"] = rule.Message };
        if (rule.Clauses.Count > 0) view["clauses"] = new JsonArray([.. rule.Clauses.Select(Clause)]);
        return view;
    }

    private static JsonObject Clause(Selectors.SelectorClause clause) => new()
    {
        ["key"] = clause.Key,
        ["operator"] = clause.Operator.ToString(),
        ["values"] = new JsonArray([.. clause.Values.Select(value => (JsonNode)value)]),
        ["found"] = clause.Found,
        ["passed"] = clause.Passed,
    };

    private static JsonObject Remedy(Remedy remedy) => new()
    {
        ["message"] = remedy.Message,
        ["request"] = remedy.Request is null ? null : new JsonObject
        {
            ["method"] = remedy.Request.Method,
            ["path"] = remedy.Request.Path,
            ["body"] = remedy.Request.Body?.DeepClone(),
        },
    };
}
