namespace Promises.StateStores;

/// <summary>What is sent to a Git host. Never part of a URL, an argument, a log or an error.</summary>
public sealed record GitCredential(string Username, string Token)
{
    /// <summary>Keeps the secret out of logs and messages.</summary>
    public override string ToString() => $"GitCredential {{ Username = {Username} }}";
}

/// <summary>Where credentials come from: they are encrypted at rest, and only the server has the key ring.</summary>
public interface ICredentialReader
{
    /// <summary>Null where there is no credential of that name.</summary>
    Task<GitCredential?> ReadAsync(string name, CancellationToken cancellationToken);
}
