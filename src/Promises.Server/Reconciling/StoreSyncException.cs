using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>A store could not be brought up to date; the host tries again later.</summary>
/// <param name="reason">CamelCase, for the condition Ready of the store.</param>
/// <param name="permanent">It will fail until somebody changes something.</param>
internal sealed class StoreSyncException(string reason, string message, bool permanent, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The host does not answer, whichever of its repositories it is asked for.</summary>
    public const string HostUnreachable = "Unreachable";

    public string Reason { get; } = reason;

    public bool IsPermanent { get; } = permanent;

    /// <param name="disk">That we work on.</param>
    public static StoreSyncException From(StateStoreException failure, DiskState disk)
    {
        var fault = failure.Fault is StoreFault.Failed or StoreFault.MirrorDamaged && disk.IsFull ? StoreFault.DiskFull : failure.Fault;
        var (reason, permanent) = fault switch
        {
            StoreFault.Unreachable => (HostUnreachable, false),
            StoreFault.AuthenticationFailed => ("AuthenticationFailed", true),
            StoreFault.HostKeyRefused => ("HostKeyVerificationFailed", true),
            StoreFault.CertificateRefused => ("CertificateNotTrusted", true),
            StoreFault.SigningFailed => ("SigningFailed", true),
            StoreFault.NotFound => ("RepositoryNotFound", true),
            StoreFault.AddressRefused => ("AddressRefused", true),
            StoreFault.DiskFull => ("DiskFull", false),
            StoreFault.MirrorDamaged => ("MirrorDamaged", false),
            _ => ("GitFailed", false),
        };
        return new StoreSyncException(reason, fault == StoreFault.DiskFull ? $"{failure.Message} {disk.Description}" : failure.Message, permanent, failure);
    }

    public static StoreSyncException From(PushResult result)
    {
        var (reason, permanent) = result.Outcome switch
        {
            PushOutcome.Stale => ("BranchMoving", false),
            PushOutcome.Declined => ("WriteRejected", true),
            PushOutcome.DiskFull => ("DiskFull", false),
            PushOutcome.Unknown => ("OutcomeUnknown", false),
            PushOutcome.AuthenticationFailed => ("AuthenticationFailed", true),
            PushOutcome.HostKeyRefused => ("HostKeyVerificationFailed", true),
            PushOutcome.CertificateRefused => ("CertificateNotTrusted", true),
            PushOutcome.NotFound => ("RepositoryNotFound", true),
            PushOutcome.Unreachable => (HostUnreachable, false),
            PushOutcome.AddressRefused => ("AddressRefused", true),
            PushOutcome.MirrorDamaged => ("MirrorDamaged", false),
            PushOutcome.Forced => ("HistoryRewritten", true),
            _ => ("GitFailed", true),
        };
        return new StoreSyncException(reason, result.Message, permanent);
    }
}
