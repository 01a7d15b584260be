using Promises.Core.Tests.Scheduling;
using Promises.Environments;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Environments;

public sealed class LadderTests
{
    [Theory]
    [InlineData(15, Audience.Internal, true)]
    [InlineData(5, Audience.Internal, true)]
    [InlineData(15, Audience.External, true)]
    [InlineData(25, Audience.External, true)]
    [InlineData(25, Audience.Internal, false)]
    [InlineData(5, Audience.External, false)]
    [InlineData(20, Audience.External, false)]
    public void Rung_when_its_position_is_judged_lies_apart_and_internal_below_external(int position, Audience audience, bool valid)
    {
        var errors = Ladder.Check(Fleet().WithEnvironment(new EnvironmentState("new", position, audience)).Ladder, "new");
        errors.ShouldAllBe(error => error.Rule == Rules.Ladder && error.Pointer == "/spec/position");
        (errors.Count == 0).ShouldBe(valid);
    }

    [Fact]
    public void Rung_when_it_is_new_starts_with_the_pins_of_the_one_above_and_on_top_with_none()
    {
        var fleet = Fleet().Publish(Revision("redis", Everywhere()), Revision("redis", Everywhere(), 2)).WithPin("apps", "redis", 1);
        Ladder.PinsOfNewRung(fleet.WithEnvironment(new EnvironmentState("mid", 15, Audience.Internal)), "mid").ShouldBe([new("redis", 1)]);
        Ladder.PinsOfNewRung(fleet.WithEnvironment(new EnvironmentState("top", 30, Audience.External)), "top").ShouldBeEmpty();
    }

    [Fact]
    public void Promotion_when_it_is_right_moves_the_pins_that_differ()
    {
        var fleet = Fleet().Publish(Revision("a", Everywhere()), Revision("b", Everywhere()), Revision("a", Everywhere(), 2), Revision("c", Everywhere())).WithPin("apps", "a", 1).WithPin("apps", "b", 1);
        PromotionPlan.Of(fleet, new PromotionSpec("ops", "apps", [], true, null)).Value.ShouldBe([new PinMove("a", 1, 2), new PinMove("c", null, 1)]);
        PromotionPlan.Of(fleet, new PromotionSpec("ops", "apps", ["b"], false, null)).Value.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ops", "prod", "a", Rules.NotNeighbours, "/spec/to")]
    [InlineData("apps", "ops", "a", Rules.NotNeighbours, "/spec/to")]
    [InlineData("nowhere", "apps", "a", Rules.UnknownEnvironment, "/spec/from")]
    [InlineData("ops", "nowhere", "a", Rules.UnknownEnvironment, "/spec/to")]
    [InlineData("ops", "apps", "missing", Rules.UnknownPromise, "/spec/promises/0")]
    [InlineData("apps", "prod", "a", Rules.UnknownPromise, "/spec/promises/0")]
    public void Promotion_when_it_is_wrong_is_refused_with_the_rule(string from, string to, string promise, string rule, string pointer)
    {
        var fleet = Fleet().WithEnvironment(new EnvironmentState("prod", 30, Audience.External)).Publish(Revision("a", Everywhere()));
        var error = PromotionPlan.Of(fleet, new PromotionSpec(from, to, [promise], false, null)).Failure.ShouldBeOfType<Failure.Invalid>().Errors.ShouldHaveSingleItem();
        (error.Rule, error.Pointer).ShouldBe((rule, pointer));
    }

    [Fact]
    public void Promotion_when_members_or_requirements_would_lack_a_pin_is_incomplete()
    {
        var fleet = Fleet().Publish(Revision("m", Everywhere()), Revision("r", Everywhere()), Revision("p", Everywhere(), includes: "m", requires: "r"));
        PromotionPlan.Of(fleet, new PromotionSpec("ops", "apps", ["p", "m"], false, null)).Failure.ShouldBeOfType<Failure.PromotionIncomplete>().Missing.ShouldBe(["r"]);
        PromotionPlan.Of(fleet, new PromotionSpec("ops", "apps", [], true, null)).Value.Count.ShouldBe(3);
    }
}
