using Promises.Server.Features.Fleet;

namespace Promises.Server.Tests.Features.Fleet;

public sealed class WriteTurnsTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly WriteTurns _turns = new(TimeProvider.System);
    private int _read;

    public void Dispose() => _turns.Dispose();

    [Fact]
    public async Task Of_a_burst_of_writes_two_at_most_read_what_they_need_before_their_turn()
    {
        var first = await _turns.TakeAsync(ReadAsync, None);
        var waiting = Enumerable.Range(0, 5).Select(_ => _turns.TakeAsync(ReadAsync, None)).ToList();

        _read.ShouldBe(1 + 2);
        waiting.ShouldAllBe(write => !write.IsCompleted);
        var ended = 1;
        for (var turn = first!; ; ended++)
        {
            turn.Dispose();
            if (waiting.Count == 0) break;
            var next = await Task.WhenAny(waiting);
            waiting.Remove(next);
            turn = (await next).ShouldNotBeNull();
            waiting.ShouldAllBe(write => !write.IsCompleted);
        }

        (ended, _read).ShouldBe((6, 6));
    }

    [Fact]
    public async Task A_write_that_fails_while_it_reads_ahead_holds_up_no_other()
    {
        for (var i = 0; i < 5; i++) await Should.ThrowAsync<IOException>(() => _turns.TakeAsync(_ => throw new IOException(), None));

        using var turn = await _turns.TakeAsync(ReadAsync, None);
        turn.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_client_that_goes_away_while_it_waits_leaves_its_place()
    {
        using var gone = new CancellationTokenSource();
        using (await _turns.TakeAsync(None))
        {
            var waiting = Enumerable.Range(0, 4).Select(_ => _turns.TakeAsync(ReadAsync, gone.Token)).ToList();
            await gone.CancelAsync();
            foreach (var write in waiting) await Should.ThrowAsync<OperationCanceledException>(() => write);
        }

        using var turn = await _turns.TakeAsync(ReadAsync, None);
        turn.ShouldNotBeNull();
    }

    private Task ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _read);
        return Task.CompletedTask;
    }
}
