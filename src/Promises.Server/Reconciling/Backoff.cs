namespace Promises.Server.Reconciling;

/// <summary>When to try again: doubling from a second to five minutes, with jitter so that stores of one host do not come together.</summary>
internal static class Backoff
{
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LeastIfPermanent = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan Most = TimeSpan.FromMinutes(5);

    /// <param name="failures">How many times in a row it failed, this time included.</param>
    /// <param name="permanent">It will fail until somebody changes something, so there is no hurry; but that may happen on the host, where we do not see it.</param>
    public static TimeSpan After(int failures, bool permanent, Random random)
    {
        var delay = (permanent ? LeastIfPermanent : Least) * Math.Pow(2, Math.Clamp(failures - 1, 0, 10));
        var jittered = (delay < Most ? delay : Most) * (0.75 + (random.NextDouble() / 2));
        return jittered < Least ? Least : jittered > Most ? Most : jittered;
    }
}
