namespace Promises.StateStores;

/// <summary>Why a store could not be read or written; of a kind that says what to do about it.</summary>
public enum StoreFault
{
    /// <summary>Network, name, time limit, or a server that fails. Try again later.</summary>
    Unreachable,

    /// <summary>The credential is missing, wrong, or not allowed to. Nothing changes until it does.</summary>
    AuthenticationFailed,

    /// <summary>The host showed a key that the credential does not know. It may be another host.</summary>
    HostKeyRefused,

    /// <summary>The host showed a certificate of an authority that is not trusted, or for another host.</summary>
    CertificateRefused,

    /// <summary>There is no such repository, or no right to see it.</summary>
    NotFound,

    /// <summary>The URL, or the address its host has now, is not one we go to.</summary>
    AddressRefused,

    /// <summary>There is no space left here.</summary>
    DiskFull,

    /// <summary>Our copy is broken and could not be made anew.</summary>
    MirrorDamaged,

    /// <summary>The commit could not be signed.</summary>
    SigningFailed,

    /// <summary>Git refused for a reason of its own, which the message has.</summary>
    Failed,
}

/// <summary>A store could not be used. The message holds what was intended and git's own words, and no secrets.</summary>
public sealed class StateStoreException(StoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreFault Fault { get; } = fault;
}
