namespace Promises.Model.Documents;

/// <summary>What reading a document depends on beside the document.</summary>
/// <param name="AllowLocal">Whether http, loopback hosts and <c>file://</c> are accepted as state stores.</param>
/// <param name="AllowedSecrets">Secrets with plain data that this request allows, as <c>namespace/name</c>.</param>
/// <param name="Document">0-based index in a stream; null outside streams.</param>
public sealed record DocumentContext(bool AllowLocal, IReadOnlySet<string> AllowedSecrets, int? Document = null)
{
    /// <summary>Nothing local, no plain secrets, no stream.</summary>
    public static DocumentContext Strict { get; } = new(false, new HashSet<string>());
}
