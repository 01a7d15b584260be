using System.Text.Json.Nodes;
using Promises.Core.Tests.Scheduling;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;

namespace Promises.Core.Tests.Kratix;

/// <summary>
/// The scheduling scenarios of Kratix that concern dependencies, row by row, over its own fixture of Destinations. Those of requests, of workload
/// groups and of its status counters are not here: there are none of them in our model.
/// </summary>
public class SchedulingConformanceTests
{
    private const string Same = "same";

    /// <summary>
    /// Number there, the scenario, the steps, the placements in the end (<c>!</c> kept though not matching, <c>@n</c> at revision n), same or why different.
    /// </summary>
    public static TheoryData<string, string, string, string, string> Rows => new()
    {
        { "S20", "selector environment=prod", "publish environment=prod", "prod@1", Same },
        { "S21", "its placement is lost", "publish environment=prod; lose prod; resync", "prod@1", Same },
        { "S22", "selector environment=dev", "publish environment=dev", "dev-1@1 dev-2@1", Same },
        { "S23", "one of two placements is lost", "publish environment=dev; lose dev-1; resync", "dev-1@1 dev-2@1", Same },
        { "S24", "nothing matches", "publish environment=none", "", Same },
        { "S25", "what is said when nothing matches", "publish environment=none; summary 0 of 5 clusters", "", "no False condition of a Work: the summary counts the reasons" },
        { "S27", "no selector", "publish *", "dev-1@1 dev-2@1 pci@1 prod@1", Same },
        { "S28", "no selector, then other content", "publish *; publish *", "dev-1@2 dev-2@2 pci@2 prod@2", Same },
        { "S29", "no selector, then environment=dev", "publish *; publish environment=dev", "dev-1@2 dev-2@2 pci@2! prod@2!", "Retained in place of Misplaced: nothing is deleted, and it is no failure of the cluster" },
        { "S30", "the same, then other content", "publish *; publish environment=dev; publish environment=dev", "dev-1@3 dev-2@3 pci@3! prod@3!", Same },
        { "S34", "a placement no longer matches", "publish environment=prod; label prod environment=dev; outcome prod Retained", "prod@1!", "Scheduled stays True, reason Retained: the content is delivered as before" },
        { "S35", "a cluster that is being deleted", "publish environment=dev; delete dev-1; publish environment=dev", "dev-2@2", Same },
        { "S36", "a strict cluster, a selector for some of its labels", "label strict strict=true,zone=a; publish strict=true", "strict@1", Same },
        { "S37", "a strict cluster without labels, no selector", "label strict; publish *", "dev-1@1 dev-2@1 pci@1 prod@1 strict@1", Same },
        { "S38", "a cluster labelled kratix.io/dry-run=true", "label pci kratix.io/dry-run=true; publish *", "dev-1@1 dev-2@1 pci@1 prod@1", "the label is an ordinary one: any write can be dry-run, no cluster is needed for it" },
        { "S40", "a list of selectors [{a:1},{a:2,b:3}]", "label pci a=1,b=3; label prod a=2,b=3; publish a=1|a=2,b=3", "pci@1", Same },
        { "S41", "a cluster whose state store is not ready", "publish environment=prod", "prod@1", Same + ": deciding does not look at stores" },
        { "S43", "a cluster is labelled back", "publish environment=prod; label prod environment=dev; label prod environment=prod; outcome prod Placed", "prod@1", Same },
        { "S44", "a cluster is deleted while the placement exists", "publish environment=prod; delete prod", "", "the placement goes with the cluster; whether its files do is said with files=keep or files=remove" },
        { "S46", "a new cluster that matches", "publish environment=dev; add dev-3 environment=dev", "dev-1@1 dev-2@1 dev-3@1", "all matching clusters have it, as with S22; a request would stay where it is" },
        { "S47", "a selector that is no label value", "refuse environment=not/a/value", "", "refused when it is sent, with the field, in place of an error in scheduling" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Dependencies_are_scheduled_as_by_Kratix_or_differ_on_purpose(string number, string scenario, string steps, string placements, string verdict)
    {
        var fleet = Fixture();
        foreach (var step in steps.Split("; "))
        {
            var words = step.Split(' ', 3);
            fleet = words[0] switch
            {
                "publish" => fleet.Publish(Promise(words[1], fleet.RevisionsOf("p").Count() + 1)).Decided(),
                "lose" => fleet.WithPlacements(words[1], []),
                "resync" => fleet.Decided(PlanMode.Resync),
                "label" => fleet.With(fleet.FindCluster(words[1])! with { Labels = FleetBuilder.Labels(words.ElementAtOrDefault(2) ?? "") }).Decided(),
                "add" => fleet.With(FleetBuilder.Cluster(words[1], words[2])).Decided(),
                "delete" => fleet.WithoutCluster(words[1]).Decided(),
                "outcome" => Asserted(fleet, () => fleet.On("p", words[1]).Outcome.ToString().ShouldBe(words[2], scenario)),
                "summary" => Asserted(fleet, () => Explainer.Explain(fleet, "p", null).Summary.ShouldStartWith(step["summary ".Length..])),
                "refuse" => Asserted(fleet, () => Read(words[1]).Failure.ShouldBeOfType<Failure.Invalid>().Errors.ShouldHaveSingleItem().Rule.ShouldBe(Rules.LabelValue)),
                _ => throw new ArgumentException(step),
            };
        }

        string.Join(' ', fleet.PlacementsOf("p").Select(Told)).ShouldBe(placements, $"{number}: {scenario} ({verdict})");
        // Once more changes nothing: what is decided is settled.
        fleet.Plan().Changes.ShouldBeEmpty();
    }

    /// <summary>Those that are left out, each with the reason.</summary>
    public static TheoryData<string, string> LeftOut => new()
    {
        { "S26", "an inner return value" },
        { "S31", "counters of workload groups: a Promise has one group here" },
        { "S32", "of a request" },
        { "S33", "two workload groups" },
        { "S39", "two workload groups" },
        { "S42", "a directory group, made by a pipeline" },
        { "S45", "of a request" },
    };

    [Fact]
    public void Every_scenario_of_S20_to_S47_has_a_row_or_a_reason() =>
        Rows.Select(row => row.Data.Item1).Concat(LeftOut.Select(row => row.Data.Item1)).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(20, 28).Select(number => $"S{number}"));

    /// <summary>The Destinations that Kratix tests with.</summary>
    private static FleetSnapshot Fixture() => FleetBuilder.Fleet().With(
        FleetBuilder.Cluster("dev-1", "environment=dev"), FleetBuilder.Cluster("dev-2", "environment=dev"), FleetBuilder.Cluster("pci", "pci=true"),
        FleetBuilder.Cluster("prod", "environment=prod"), FleetBuilder.Cluster("strict", "strict=true", strict: true));

    /// <summary>A Promise as a Kratix user writes it.</summary>
    private static RevisionState Promise(string selectors, int number)
    {
        var document = Read(selectors, number).Value.ShouldBeOfType<PromiseDocument>();
        return RevisionState.From("p", number, document.Digest(), document.Spec);
    }

    private static Outcome<FleetDocument> Read(string selectors, int number = 1)
    {
        var spec = new JsonObject
        {
            ["dependencies"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "p", ["namespace"] = "default" },
                ["data"] = new JsonObject { ["n"] = $"{number}" },
            }),
        };
        if (selectors != "*")
        {
            spec["destinationSelectors"] = new JsonArray([.. selectors.Split('|').Select(entry => new JsonObject
            {
                ["matchLabels"] = new JsonObject(entry.Split(',').Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], (JsonNode?)pair[1]))),
            })]);
        }

        return FleetDocuments.Parse(
            new JsonObject { ["apiVersion"] = "platform.kratix.io/v1alpha1", ["kind"] = "Promise", ["metadata"] = new JsonObject { ["name"] = "p" }, ["spec"] = spec },
            null, DocumentContext.Strict);
    }

    private static string Told(PlacementState placement) => $"{placement.Cluster}@{placement.Revision}{(placement.Outcome == PlacementOutcome.Retained ? "!" : "")}";

    private static FleetSnapshot Asserted(FleetSnapshot fleet, Action assert)
    {
        assert();
        return fleet;
    }
}
