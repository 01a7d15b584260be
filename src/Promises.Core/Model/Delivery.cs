namespace Promises.Model;

/// <summary>How far a cluster's directory is behind. <see cref="WantedVersion"/> is set with the fleet lock held, the rest by the reconciler.</summary>
public sealed class ClusterDelivery
{
    private ClusterDelivery() { }

    public string Cluster { get; private set; } = "";

    public string StateStore { get; private set; } = "";

    /// <summary>Number of the last change that touched what is wanted in the directory. Ahead of <see cref="WrittenVersion"/>: dirty.</summary>
    public long WantedVersion { get; private set; }

    public long WrittenVersion { get; private set; }

    /// <summary>Files on the branch that belong to the cluster itself (README.md, flux/promises-cluster.yaml): relative path to git blob id.</summary>
    public IReadOnlyDictionary<string, string> Files { get; private set; } = new Dictionary<string, string>();

    /// <summary>Foreign files that can change what the agent reads (kustomization.yaml, .sourceignore, …): full repository paths.</summary>
    public IReadOnlyList<string> Findings { get; private set; } = [];

    public DateTimeOffset? FindingsAt { get; private set; }

    /// <summary>The last commit of its own branch that the remote acknowledged; null where it shares one.</summary>
    public string? Head { get; private set; }

    /// <summary>How often its own branch was refused since it was last written, while the store's others went on.</summary>
    public int Failures { get; private set; }

    public DateTimeOffset? FailingSince { get; private set; }

    public DateTimeOffset? NextTry { get; private set; }

    /// <summary>The fleet version at the last refusal: what changed since then is a reason to try at once.</summary>
    public long TriedVersion { get; private set; }

    /// <summary>CamelCase, why it was refused.</summary>
    public string? Reason { get; private set; }

    public string? Message { get; private set; }
}

/// <summary>What the writer of a store knows, and what it was about to do. One row per store, written by its reconciler only.</summary>
public sealed class StoreDelivery
{
    private StoreDelivery() { }

    public string StateStore { get; private set; } = "";

    /// <summary>
    /// The last commit that the remote acknowledged, ours or one we built on: the head of the branch. With a branch per cluster it is the last of
    /// any, and each head is in the <see cref="ClusterDelivery"/>.
    /// </summary>
    public string? Head { get; private set; }

    /// <summary>The fleet version that the branch reflects for this store.</summary>
    public long ReflectedVersion { get; private set; }

    /// <summary>Tries that failed since the last success.</summary>
    public int Failures { get; private set; }

    public DateTimeOffset? FailingSince { get; private set; }

    public DateTimeOffset? NextTry { get; private set; }

    /// <summary>CamelCase reason of the condition <c>Ready</c>.</summary>
    public string Reason { get; private set; } = "";

    public string Message { get; private set; } = "";

    /// <summary>When the status of the condition <c>Ready</c> last changed.</summary>
    public DateTimeOffset? TransitionAt { get; private set; }

    /// <summary>A commit that was built and perhaps pushed: recorded before the push, cleared with its outcome.</summary>
    public string? IntentCommit { get; private set; }

    /// <summary>What is to be recorded once <see cref="IntentCommit"/> is known to be on the branch; JSON.</summary>
    public string? Intent { get; private set; }
}
