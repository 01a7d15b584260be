using Promises.Model;

namespace Promises.Server.Features.Applying;

/// <summary>Conflicts of one document with the fleet, which a stream reports beside the mistakes of the others.</summary>
internal static class ApplyConflicts
{
    public static bool IsConflict(Failure? failure) => failure is Failure.AlreadyExists or Failure.VersionReused or Failure.StaleResourceVersion;

    /// <summary>The conflict as a mistake of its document; null where only the problem itself has words for it.</summary>
    public static FieldError? AsError(Failure conflict, int document) => conflict switch
    {
        Failure.VersionReused reused => new FieldError(
            "/spec/version", reused.Version, Rules.Version, $"Revision {reused.Revision} of {reused.Promise} has this version and other content: give the new content another version.", document),
        Failure.AlreadyExists exists => new FieldError("/metadata/name", exists.Name, Rules.Name, exists.Detail, document),
        _ => null,
    };
}
