using System.Globalization;

namespace Promises.Model;

/// <summary>Why a batch is not written before somebody decided about it.</summary>
public enum HoldReason
{
    /// <summary>Files would go that no confirmed change takes away.</summary>
    UnconfirmedRemoval,

    /// <summary>The branch has commits of ours that the database does not know of.</summary>
    RestoredDatabase,

    TooManyExternalClusters,
}

public enum HoldPhase { Held, Released, Discarded }

/// <summary>A batch of one store that waits for a person. The writer makes it and keeps it up to date; people decide.</summary>
public sealed class Hold
{
    private Hold() { }

    public long Number { get; private set; }

    public Guid Uid { get; private set; }

    public string StateStore { get; private set; } = "";

    /// <summary>Counts how often the batch was another one.</summary>
    public long Generation { get; private set; }

    public long ResourceVersion { get; private set; }

    public HoldReason Reason { get; private set; }

    public string Message { get; private set; } = "";

    /// <summary>JSON, in the form the API shows it.</summary>
    public string Impact { get; private set; } = "";

    /// <summary>Whether clusters of external environments are concerned: then it takes an admin to decide.</summary>
    public bool External { get; private set; }

    /// <summary>Over what a decision is about: equal digests mean that nothing else is.</summary>
    public string Digest { get; private set; } = "";

    /// <summary>What a decision is about: paths of files that would go, or names of external clusters. Empty once it was carried out.</summary>
    public string[] Items { get; private set; } = [];

    /// <summary>The fleet version when it began.</summary>
    public long Version { get; private set; }

    /// <summary>The highest fleet version that a commit on the branch names, where the database is older than the branch.</summary>
    public long? BranchVersion { get; private set; }

    /// <summary>Where the branch was.</summary>
    public string? Tip { get; private set; }

    public HoldPhase Phase { get; private set; }

    /// <summary>The decision was carried out, or nothing is left that it is about.</summary>
    public bool Settled { get; private set; }

    public string? By { get; private set; }

    public string? Note { get; private set; }

    public DateTimeOffset At { get; private set; }

    public DateTimeOffset? DecidedAt { get; private set; }

    /// <summary>Number of the change that decided it.</summary>
    public long? DecidedVersion { get; private set; }

    public string Name => NameOf(Number);

    public static string NameOf(long number) => $"h-{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The number in a name; null if it is none of ours.</summary>
    public static long? NumberIn(string name) =>
        name.StartsWith("h-", StringComparison.Ordinal) && long.TryParse(name.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public void Decide(HoldPhase phase, string by, string note, Stamp stamp)
    {
        if (Phase != HoldPhase.Held) throw new InvalidOperationException($"{Name} is decided.");
        (Phase, By, Note, DecidedAt, DecidedVersion, ResourceVersion) = (phase, by, note, stamp.At, stamp.Change, stamp.Change);
    }
}
