namespace Promises.StateStores;

/// <summary>What opens a Git host. Never part of a URL, an argument, a log or an error.</summary>
public abstract record GitCredential;

/// <summary>For https.</summary>
/// <param name="CaCertificate">PEM of the only authorities that are trusted for the host; null for those of the machine.</param>
public sealed record GitToken(string Username, string Token, string? CaCertificate = null) : GitCredential
{
    /// <summary>Keeps the secret out of logs and messages.</summary>
    public override string ToString() => $"GitToken {{ Username = {Username} }}";
}

/// <summary>For ssh, and for signing commits.</summary>
/// <param name="KnownHosts">Lines of a <c>known_hosts</c> file; null for a key that only signs.</param>
public sealed record GitKey(string PrivateKey, string? KnownHosts = null) : GitCredential
{
    /// <summary>Keeps the secret out of logs and messages.</summary>
    public override string ToString() => "GitKey";
}

/// <summary>Where credentials come from: they are encrypted at rest, and only the server has the key ring.</summary>
public interface ICredentialReader
{
    /// <summary>Null where there is no credential of that name.</summary>
    Task<GitCredential?> ReadAsync(string name, CancellationToken cancellationToken);
}
