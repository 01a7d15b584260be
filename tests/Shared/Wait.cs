namespace Promises.Testing;

internal static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static Task UntilAsync(Func<bool> holds, TimeSpan? patience = null) => UntilAsync(() => Task.FromResult(holds()), patience);

    /// <summary>Asks again and again until it holds; fails when it does not in time.</summary>
    /// <param name="otherwise">What stands in the way then.</param>
    public static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? patience = null, Func<string>? otherwise = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > (patience ?? TimeSpan.FromSeconds(15))) throw new TimeoutException(otherwise?.Invoke() ?? "It did not become true in time.");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
