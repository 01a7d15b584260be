namespace Promises.Model;

public enum ProposalPhase
{
    /// <summary>Its push was begun; whether it is on its branch is not known yet.</summary>
    Pushing,

    /// <summary>It is on its branch and waits to be merged.</summary>
    Open,

    /// <summary>It was taken back. Somebody may have merged it just before, so the store is looked at once more.</summary>
    Closing,

    /// <summary>Merged or taken back: nothing of this environment waits.</summary>
    Closed,
}

/// <summary>The branch on which everything is proposed that clusters of one environment wait for, in a store that is not pushed to.</summary>
public sealed class Proposal
{
    private Proposal() { }

    public string StateStore { get; private set; } = "";

    public string Environment { get; private set; } = "";

    public string Branch { get; private set; } = "";

    public ProposalPhase Phase { get; private set; }

    /// <summary>What was pushed last, or is about to be.</summary>
    public string Head { get; private set; } = "";

    /// <summary>The commit of the store's branch that it builds on; null if there was no such branch.</summary>
    public string? Base { get; private set; }

    /// <summary>Whatever of ours the branch may point at.</summary>
    public string[] Commits { get; private set; } = [];

    /// <summary>Of the fleet when it was made.</summary>
    public long Version { get; private set; }

    public DateTimeOffset At { get; private set; }

    /// <summary>No two stores that propose share a repository, so the name needs no store in it.</summary>
    public static string BranchOf(string environment) => $"{Prefix}/{environment}";

    public const string Prefix = "promises/proposal";
}

/// <summary>A file of a proposal that may be merged at any time: found on the store's branch, it is ours.</summary>
public sealed class ProposedFile
{
    private ProposedFile() { }

    public string StateStore { get; private set; } = "";

    public string Environment { get; private set; } = "";

    public string Path { get; private set; } = "";

    public string Blob { get; private set; } = "";

    /// <summary>The placement (<c>promise.cluster</c>) or the cluster that it belongs to.</summary>
    public string Owner { get; private set; } = "";

    /// <summary>Its cluster was off-boarded by a confirmed change and is gone, so what is merged of it may be deleted.</summary>
    public bool Withdrawn { get; private set; }
}
