using Polly;
using Polly.Retry;

namespace Promises.StateStores;

/// <summary>Rides out the hiccups of a network. Only for reading: what became of a push is asked, not tried again blindly.</summary>
internal static class NetworkRetries
{
    public static ResiliencePipeline Create(TimeProvider time, Random random) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(200),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = random.NextDouble,
                // A time limit that ran out is not a hiccup, and trying again would only add up.
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is StateStoreException { Fault: StoreFault.Unreachable } failed && !failed.Message.Contains("too long", StringComparison.Ordinal)),
            })
            .Build();
}
