using Promises.EndToEnd.Tests.Support;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

public sealed class DeliveryQueueTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private readonly DeliveryQueue _queue = new(TimeProvider.System);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_store_that_is_added_twice_waits_once()
    {
        _queue.Nudge("a");
        _queue.Nudge("a");
        _queue.Nudge("b");

        _queue.Depth.ShouldBe(2);
        (await _queue.TakeAsync(None)).ShouldBe("a");
        (await _queue.TakeAsync(None)).ShouldBe("b");
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task A_store_that_is_added_while_it_is_worked_on_comes_again_and_not_before()
    {
        _queue.Nudge("a");
        await _queue.TakeAsync(None);
        _queue.Nudge("a");
        _queue.Nudge("a");

        var next = _queue.TakeAsync(None).AsTask();
        next.IsCompleted.ShouldBeFalse();
        _queue.Finish("a");

        (await next).ShouldBe("a");
        _queue.Finish("a");
        _queue.Depth.ShouldBe(0);
    }

    [Theory]
    [InlineData(2, 100, 1)]
    [InlineData(3, 100, 2)]
    [InlineData(20, 100, 2)]
    public async Task The_more_changes_come_during_a_visit_the_longer_a_store_rests_and_others_do_not_wait_for_it(int nudges, int visit, int times)
    {
        _queue.Nudge("a");
        await _queue.TakeAsync(None);
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < nudges; i++) _queue.Nudge("a");
        await Wait.UntilAsync(() => Task.FromResult(TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromMilliseconds(visit)));
        _queue.Finish("a");
        var finished = TimeProvider.System.GetTimestamp();
        var took = TimeProvider.System.GetElapsedTime(began, finished);
        _queue.Nudge("a");
        _queue.Nudge("b");

        (await _queue.TakeAsync(None)).ShouldBe("b");
        (await _queue.TakeAsync(None)).ShouldBe("a");
        var rested = TimeProvider.System.GetElapsedTime(finished);
        rested.ShouldBeGreaterThan((took * times < Longest ? took * times : Longest) - TimeSpan.FromMilliseconds(20));
        _queue.Finish("a");
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task A_store_rests_for_half_a_second_at_most()
    {
        var time = new AheadTime();
        using var queue = new DeliveryQueue(time);
        queue.Nudge("a");
        await queue.TakeAsync(None);
        for (var i = 0; i < 20; i++) queue.Nudge("a");
        time.Ahead = TimeSpan.FromMinutes(1);
        queue.Finish("a");

        var finished = TimeProvider.System.GetTimestamp();
        await queue.TakeAsync(None);
        TimeProvider.System.GetElapsedTime(finished).ShouldBeInRange(Longest - TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_single_change_that_came_meanwhile_is_not_kept_waiting()
    {
        _queue.Nudge("a");
        await _queue.TakeAsync(None);
        _queue.Nudge("a");
        _queue.Finish("a");

        var next = _queue.TakeAsync(None).AsTask();
        next.IsCompleted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, false, 1, 1.25)]
    [InlineData(4, false, 6, 10)]
    [InlineData(40, false, 225, 300)]
    [InlineData(1, true, 11.25, 18.75)]
    [InlineData(10, true, 225, 300)]
    public void Waiting_doubles_from_a_second_to_five_minutes_with_jitter(int failures, bool permanent, double least, double most)
    {
        var random = new Random(7);
        var waits = Enumerable.Range(0, 100).Select(_ => Backoff.After(failures, permanent, random).TotalSeconds).ToList();
        waits.ShouldAllBe(wait => wait >= least && wait <= most);
        waits.Distinct().Count().ShouldBeGreaterThan(10);
    }

    private sealed class AheadTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Ahead.Ticks;
    }
}
