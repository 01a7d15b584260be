namespace Promises.StateStores;

/// <summary>What became of a push. See <see cref="PushReport"/> for how it is told.</summary>
public enum PushOutcome
{
    /// <summary>The branch moved from the base to our commit, or was created with it.</summary>
    Acknowledged,

    /// <summary>The branch was at our commit already: an earlier answer was lost.</summary>
    AlreadyThere,

    /// <summary>The branch is not where our commit begins. Nothing was written.</summary>
    Stale,

    /// <summary>A rule of the remote refused it; it will again.</summary>
    Declined,

    /// <summary>The remote, or we, have no space left.</summary>
    DiskFull,

    /// <summary>It may have happened or not, or may still happen. Ask the remote before anything else.</summary>
    Unknown,

    AuthenticationFailed,

    HostKeyRefused,

    CertificateRefused,

    NotFound,

    Unreachable,

    AddressRefused,

    /// <summary>Our copy is broken. It was removed; the commit must be built again.</summary>
    MirrorDamaged,

    /// <summary>History was rewritten, by us: a bug. Nothing more is to be written to this store.</summary>
    Forced,

    /// <summary>Git refused our request itself.</summary>
    Failed,
}

/// <param name="Message">What was intended and the words of git and of the remote; empty after a success.</param>
public sealed record PushResult(PushOutcome Outcome, string Message)
{
    /// <summary>The remote answered for this branch; other branches of the same push may fare otherwise.</summary>
    public bool IsAboutBranch => IsOnBranch || Outcome is PushOutcome.Stale or PushOutcome.Declined or PushOutcome.Forced;

    public bool IsOnBranch => Outcome is PushOutcome.Acknowledged or PushOutcome.AlreadyThere;
}
