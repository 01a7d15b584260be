using Promises.Server.Reconciling;

namespace Promises.Server.Tests.Reconciling;

public sealed class HostCircuitTests
{
    private readonly ManualTime _time = new();
    private readonly HostCircuits _circuits;

    public HostCircuitTests() => _circuits = new HostCircuits(_time, new Random(1));

    [Fact]
    public void A_host_that_three_stores_in_a_row_find_unreachable_is_spared()
    {
        _circuits.Unreachable("git", "a").ShouldBeNull();
        _circuits.Unreachable("git", "a").ShouldBeNull();
        _circuits.Unreachable("git", "b").ShouldBeNull();
        _circuits.TryEnter("git", "d").ShouldBeTrue();

        _circuits.Unreachable("git", "c").ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromSeconds(3.75), TimeSpan.FromSeconds(6.25));
        _circuits.TryEnter("git", "d").ShouldBeFalse();
        _circuits.TryEnter("other", "e").ShouldBeTrue();
        _circuits.Next("git").ShouldBe("d");
    }

    [Fact]
    public void An_answer_in_between_begins_the_count_anew()
    {
        foreach (var store in (string[])["a", "b"]) _circuits.Unreachable("git", store);
        _circuits.Answered("git").ShouldBeEmpty();
        foreach (var store in (string[])["a", "b"]) _circuits.Unreachable("git", store).ShouldBeNull();

        _circuits.TryEnter("git", "c").ShouldBeTrue();
    }

    [Fact]
    public void One_store_tries_again_and_an_answer_lets_all_go_on()
    {
        Open();
        foreach (var store in (string[])["d", "e", "f"]) _circuits.TryEnter("git", store).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(7));

        _circuits.TryEnter("git", _circuits.Next("git")!).ShouldBeTrue();
        _circuits.TryEnter("git", "e").ShouldBeFalse();
        _circuits.Answered("git").Order().ShouldBe(["e", "f"]);
        _circuits.TryEnter("git", "e").ShouldBeTrue();
    }

    [Fact]
    public void One_that_finds_it_unreachable_still_makes_the_others_wait_longer_but_not_much()
    {
        Open();
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 6; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(60));
            _circuits.TryEnter("git", "a").ShouldBeTrue();
            waits.Add(_circuits.Unreachable("git", "a").ShouldNotBeNull());
        }

        waits[0].ShouldBeGreaterThan(TimeSpan.FromSeconds(7));
        waits.ShouldAllBe(wait => wait <= TimeSpan.FromSeconds(37.5));
    }

    [Fact]
    public void One_that_ends_without_a_word_leaves_its_turn_to_the_next()
    {
        Open();
        _circuits.TryEnter("git", "e").ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(7));
        _circuits.TryEnter("git", "d").ShouldBeTrue();

        _circuits.Left("git", "d").ShouldBeTrue();
        _circuits.Left("git", "d").ShouldBeFalse();
        _circuits.TryEnter("git", _circuits.Next("git")!).ShouldBeTrue();
    }

    [Fact]
    public void This_machine_is_always_there()
    {
        foreach (var store in (string[])["a", "b", "c", "d"]) _circuits.Unreachable("", store).ShouldBeNull();

        _circuits.TryEnter("", "e").ShouldBeTrue();
    }

    private void Open()
    {
        foreach (var store in (string[])["a", "b", "c"]) _circuits.Unreachable("git", store);
    }

    private sealed class ManualTime : TimeProvider
    {
        private TimeSpan _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan by) => _now += by;
    }
}
