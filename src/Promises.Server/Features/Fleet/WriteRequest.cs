using System.Globalization;
using Promises.Model;

namespace Promises.Server.Features.Fleet;

/// <summary>What the decision about a write needs to know of the request that carries it.</summary>
/// <param name="By">Name of the token, or <c>promises</c> for what the service does by itself.</param>
/// <param name="Path">Request path with its query, less <c>dryRun</c>: what an impact token is bound to.</param>
/// <param name="BodyHash">SHA-256 of the body, byte for byte.</param>
/// <param name="Preconditions">Holds If-Match and If-None-Match against the resourceVersion of the object, null where there is none.</param>
internal sealed record WriteRequest(
    string By, Role Role, string Method, string Path, byte[] BodyHash, bool DryRun, string? ImpactToken, Func<long?, Failure?> Preconditions)
{
    /// <summary>Under which the answer is kept, so that the same request sent again has no second effect; null where none was sent.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What the service does by itself; it never confirms a removal.</summary>
    public static WriteRequest OfTheService(string path) => new("promises", Role.Admin, "POST", path, [], false, null, _ => null);

    /// <summary>Holds the headers, and the resourceVersion in the body, against the object as it is; null where all hold.</summary>
    public Failure? Check(string kind, string name, FleetObject? current, string? resourceVersion)
    {
        if (Preconditions(current?.ResourceVersion) is { } failure) return failure;
        if (resourceVersion is null) return null;

        var version = current?.ResourceVersion.ToString(CultureInfo.InvariantCulture) ?? "none, since it does not exist";
        return resourceVersion == version ? null : new Failure.StaleResourceVersion(kind, name, resourceVersion, version);
    }
}
