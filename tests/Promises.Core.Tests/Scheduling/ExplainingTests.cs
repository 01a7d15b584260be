using Promises.Model;
using Promises.Scheduling;
using Promises.Selectors;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Scheduling;

public sealed class ExplainingTests
{
    [Fact]
    public void Verdict_when_a_label_is_missing_names_the_clause_and_the_request_that_sets_it()
    {
        var verdict = Fleet().With(Cluster("c2")).Publish(Revision("redis", Where("team=A"), 3)).Explain("redis", "c2");
        (verdict.Outcome, verdict.Revision, verdict.Environment).ShouldBe((PlacementOutcome.NotPlaced, 3, "ops"));
        verdict.Headline.ShouldBe("redis needs team=A; cluster c2 has no label team.");
        verdict.Rules.Select(rule => (rule.Rule, rule.Passed)).ShouldBe(
            [("pinned", true), ("selected", false), ("cordon", true), ("taints", true), ("requires", true), ("capability", true), ("collision", true)]);
        var clause = verdict.Rules[1].Clauses.ShouldHaveSingleItem();
        (clause.Key, clause.Operator, clause.Found, clause.Passed).ShouldBe(("team", SelectorOperator.In, null, false));
        Shown(verdict).ShouldBe("""Set label team=A on cluster c2. PUT /clusters/c2/labels/team {"value":"A"}""");
    }

    [Theory]
    [InlineData("team=A", "x", SelectorOperator.In, "b,c", "x=a", """Set labels team=A, x=b on cluster c1. PATCH /clusters/c1 {"metadata":{"labels":{"team":"A","x":"b"}}}""")]
    [InlineData("", "x", SelectorOperator.In, "b,c", "", """Set label x=b on cluster c1. PUT /clusters/c1/labels/x {"value":"b"}""")]
    [InlineData("", "x", SelectorOperator.Exists, "", "", """Set label x=true on cluster c1. PUT /clusters/c1/labels/x {"value":"true"}""")]
    [InlineData("", "x", SelectorOperator.NotIn, "b,c", "x=b", "Remove label x from cluster c1. DELETE /clusters/c1/labels/x ")]
    [InlineData("", "x", SelectorOperator.DoesNotExist, "", "x=b", "Remove label x from cluster c1. DELETE /clusters/c1/labels/x ")]
    [InlineData("team=A", "x", SelectorOperator.DoesNotExist, "", "x=b", """Set label team=A on cluster c1 and remove label x from it. PATCH /clusters/c1 {"metadata":{"labels":{"team":"A","x":null}}}""")]
    [InlineData("", "example.com/x", SelectorOperator.Exists, "", "", """Set label example.com/x=true on cluster c1. PUT /clusters/c1/labels/example.com/x {"value":"true"}""")]
    [InlineData("x=b", "x", SelectorOperator.NotIn, "b", "", "No value of label x satisfies x=b and x!=b: change the selector of redis. (none)")]
    [InlineData("promises.dev/environment=us", "x", SelectorOperator.Exists, "", "", "promises.dev/environment follows from what cluster c1 is and cannot be set; only another cluster, or another selector of redis, would match. (none)")]
    [InlineData("promises.dev/region=us", "x", SelectorOperator.Exists, "", "x=1", """Make us the region of cluster c1. PATCH /clusters/c1 {"spec":{"region":"us"}}""")]
    [InlineData("promises.dev/agent=argocd", "x", SelectorOperator.Exists, "", "", """Set label x=true on cluster c1. Make argocd the agent of cluster c1. PATCH /clusters/c1 {"metadata":{"labels":{"x":"true"}},"spec":{"agent":"argocd"}}""")]
    public void Remedy_when_labels_are_wrong_is_the_smallest_change_of_them(string labels, string key, SelectorOperator @operator, string values, string found, string remedy) =>
        Shown(Fleet().With(Cluster("c1", found)).Publish(Revision("redis", Where(labels, new Requirement(key, @operator, values.Split(',', StringSplitOptions.RemoveEmptyEntries))))).Explain("redis", "c1"))
            .ShouldBe(remedy);

    [Fact]
    public void Verdict_when_nothing_is_pinned_judges_by_the_rung_below_and_offers_the_promotion()
    {
        var verdict = Fleet().With(Cluster("a1", "team=B", "apps")).Publish(Revision("redis", Where("team=A"))).Explain("redis", "a1");
        (verdict.Outcome, verdict.Revision, verdict.Rules[0].Passed, verdict.Rules[1].Passed).ShouldBe((PlacementOutcome.NotPlaced, null, false, false));
        Shown(verdict).ShouldBe("""Promote redis from ops to apps. POST /promotions {"spec":{"from":"ops","to":"apps","promises":["redis"]}}""");
    }

    [Fact]
    public void Remedies_when_the_rung_below_has_no_pin_either_are_the_steps_up()
    {
        var fleet = Fleet().WithEnvironment(new EnvironmentState("prod", 30, Audience.External)).With(Cluster("p1", "team=A", "prod")).Publish(Revision("redis", Where("team=A")));
        fleet.Explain("redis", "p1").Remedies.Select(remedy => remedy.Request!.Body!.ToJsonString()).ShouldBe(
            ["""{"spec":{"from":"ops","to":"apps","promises":["redis"]}}""", """{"spec":{"from":"apps","to":"prod","promises":["redis"]}}"""]);
    }

    [Fact]
    public void Remedy_when_a_promotion_would_be_incomplete_promotes_what_it_needs_too()
    {
        var fleet = Fleet().With(Cluster("a1", "team=A", "apps"))
            .Publish(Revision("base", Where("team=A")), Revision("cert", Where("team=A"), requires: "base"), Revision("redis", Where("team=A"), requires: "cert"))
            .WithPin("apps", "base", 1);
        Shown(fleet.Explain("redis", "a1")).ShouldBe(
            """Promote redis, cert from ops to apps. POST /promotions {"spec":{"from":"ops","to":"apps","promises":["redis","cert"]}}""");
    }

    [Fact]
    public void Remedy_when_a_requirement_misses_several_rules_is_one_request()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A", taints: "web=1"))
            .Publish(Revision("app", Where("team=A").Tolerating(new Toleration("web", true, null)), requires: "cert,dns"), Revision("cert", Where("tls=1")), Revision("dns", Where("dns=1")))
            .Decided();
        Shown(fleet.Explain("app", "c1")).ShouldEndWith("""PATCH /clusters/c1 {"metadata":{"labels":{"dns":"1","tls":"1"}},"spec":{"taints":[]}}""");
    }

    [Fact]
    public void Remedy_when_it_is_only_placed_where_another_includes_it_brings_the_other()
    {
        var fleet = Fleet().With(Cluster("c1")).Publish(Revision("part", OnlyIncluded()), Revision("whole", Where("team=A"), includes: "part")).Decided();
        Shown(fleet.Explain("part", "c1")).ShouldBe("""Set label team=A on cluster c1. PUT /clusters/c1/labels/team {"value":"A"}""");
    }

    [Fact]
    public void Verdict_when_the_cluster_is_cordoned_or_tainted_says_so()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A", cordoned: true), Cluster("c2", "team=A", taints: "dedicated=ml,web=1"))
            .Publish(Revision("redis", Where("team=A").Tolerating(new Toleration("web", true, null))));
        Shown(fleet.Explain("redis", "c1")).ShouldBe("""Uncordon cluster c1. PATCH /clusters/c1 {"spec":{"cordoned":false}}""");
        var tainted = fleet.Explain("redis", "c2");
        tainted.Headline.ShouldBe("redis does not tolerate taint dedicated=ml of cluster c2.");
        Shown(tainted).ShouldEndWith("""PATCH /clusters/c2 {"spec":{"taints":[{"key":"web","value":"1","effect":"NoPlacement"}]}}""");
    }

    [Fact]
    public void Remedy_when_a_requirement_is_missing_is_what_would_bring_it()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("app", Where("team=A"), requires: "cert"), Revision("cert", Where("tls=1"))).Decided();
        var verdict = fleet.Explain("app", "c1");
        (verdict.Outcome, verdict.Headline).ShouldBe((PlacementOutcome.Blocked, "app requires cert; cert is not on cluster c1."));
        Shown(verdict).ShouldBe("""Set label tls=1 on cluster c1. PUT /clusters/c1/labels/tls {"value":"1"}""");
    }

    [Fact]
    public void Remedy_when_somebody_has_the_object_is_to_withdraw_it_only_where_it_is_retained()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("a", Where("team=A"), objects: "x")).Decided().Publish(Revision("b", Where("tier=1,team=A"), objects: "x"));
        Shown(fleet.With(Cluster("c1", "team=A,tier=1")).Decided().Explain("b", "c1")).ShouldStartWith("a has it on cluster c1");

        var retained = fleet.Publish(Revision("a", Where("team=Z"), 2, objects: "x")).With(Cluster("c1", "team=A,tier=1")).Decided();
        Shown(retained.Explain("b", "c1")).ShouldBe("Withdraw a from cluster c1, where it is only retained. DELETE /placements/a.c1 ");
    }

    [Fact]
    public void Verdict_when_it_is_placed_has_no_remedies_and_when_only_included_neither()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("redis", Where("team=A")), Revision("part", OnlyIncluded())).Decided();
        var verdict = fleet.Explain("redis", "c1");
        (verdict.Outcome, verdict.Headline).ShouldBe((PlacementOutcome.Placed, "redis is on cluster c1 at revision 1. The cluster matches team=A."));
        verdict.Rules.ShouldAllBe(rule => rule.Passed);
        verdict.Remedies.ShouldBeEmpty();
        fleet.Explain("part", "c1").Remedies.ShouldBeEmpty();
    }

    [Fact]
    public void Verdict_when_it_awaits_confirmation_is_shown_as_it_is()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("redis", Where("team=A").Withdrawing())).Decided().With(Cluster("c1")).Decided(PlanMode.Resync);
        fleet.Explain("redis", "c1").Outcome.ShouldBe(PlacementOutcome.Retained);
    }

    [Fact]
    public void Summary_when_a_Promise_is_asked_for_counts_clusters_by_the_first_rule_they_miss()
    {
        var fleet = Fleet().With(Cluster("c2"), Cluster("a1", "team=A", "apps")).Publish(Revision("redis", Where("team=A")));
        var verdicts = Explainer.Explain(fleet, "redis", null);
        verdicts.Summary.ShouldBe("0 of 2 clusters take redis: 1 selected (label team is missing), 1 pinned (no revision in apps).");
        verdicts.Items.Select(verdict => verdict.Name).ShouldBe(["redis.a1", "redis.c2"]);
        verdicts.After("redis.a1").ShouldHaveSingleItem().Cluster.ShouldBe("c2");
    }

    [Fact]
    public void Summary_when_a_cluster_is_asked_for_counts_Promises()
    {
        var fleet = Fleet().With(Cluster("c1", "team=A")).Publish(Revision("redis", Where("team=A")), Revision("kafka", Where("team=B"))).WithPromise("unpinned").Decided();
        var verdicts = Explainer.Explain(fleet, null, "c1");
        verdicts.Summary.ShouldBe("1 of 3 promises are on c1: 1 selected (label team is A), 1 pinned (no revision in ops).");
        verdicts.Items.Count().ShouldBe(3);
        Explainer.Explain(fleet, "redis", "c1").Summary.ShouldBe("1 of 1 clusters take redis.");
    }

    [Fact]
    public void Label_remedy_when_it_is_carried_out_makes_the_rule_pass()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var expressions = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Expression(random)).ToArray();
            var labels = string.Join(',', new[] { "x", "y", "z" }.Where(_ => random.Next(2) == 0).Select(key => $"{key}={"abc"[random.Next(3)]}"));
            var fleet = Fleet().With(Cluster("c1", labels)).Publish(Revision("redis", Where("", expressions)));
            foreach (var request in fleet.Explain("redis", "c1").Remedies.Select(remedy => remedy.Request).OfType<RemedyRequest>())
            {
                var changed = Labels(labels).ToDictionary();
                if (request.Method == "PATCH")
                {
                    foreach (var (key, value) in request.Body!["metadata"]!["labels"]!.AsObject())
                    {
                        if (value is null) changed.Remove(key);
                        else changed[key] = value.GetValue<string>();
                    }
                }
                else if (request.Method == "PUT") changed[request.Path.Split('/')[^1]] = request.Body!["value"]!.GetValue<string>();
                else changed.Remove(request.Path.Split('/')[^1]);

                fleet.WithCluster(Cluster("c1") with { Labels = changed }).Explain("redis", "c1").Rules[1].Passed.ShouldBeTrue();
            }
        }
    }

    private static Requirement Expression(Random random)
    {
        var @operator = (SelectorOperator)random.Next(4);
        return new Requirement("xyz"[random.Next(3)].ToString(), @operator, @operator is SelectorOperator.Exists or SelectorOperator.DoesNotExist ? [] : random.Next(2) == 0 ? ["a"] : ["a", "b"]);
    }

    private static string Shown(Verdict verdict)
    {
        var remedy = verdict.Remedies.ShouldHaveSingleItem();
        return remedy.Request is null ? $"{remedy.Message} (none)" : $"{remedy.Message} {remedy.Request.Method} {remedy.Request.Path} {remedy.Request.Body?.ToJsonString()}";
    }
}
