using Promises.Server.Hosting;

namespace Promises.Server.Tests.Hosting;

public sealed class FailpointTests
{
    [Theory]
    [InlineData("push:before", true)]
    [InlineData("decided:after#12", true)]
    [InlineData("push", false)]
    [InlineData("nothing:before", false)]
    [InlineData("push:during", false)]
    [InlineData("push:before#0", false)]
    [InlineData("push:before ", false)]
    public void A_setting_names_a_step_a_side_and_perhaps_which_time(string setting, bool right)
    {
        var mistake = Failpoints.Mistake(setting);

        (mistake is null).ShouldBe(right);
        if (mistake is not null) mistake.ShouldContain("snapshot");
    }

    [Fact]
    public void Where_nothing_is_set_nothing_happens()
    {
        var off = new Failpoints(new TestingOptions());
        foreach (var step in Failpoints.Steps) off.Reach(step, after: true);

        Failpoints.Mistake(null).ShouldBeNull();
        Failpoints.Steps.ShouldBeUnique();
    }
}
