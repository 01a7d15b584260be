namespace Promises.Model;

/// <summary>What a client sends: a user name and a token. Never shown again.</summary>
public sealed record CredentialSpec(string Username, string Token)
{
    /// <summary>Keeps the secret out of logs and messages.</summary>
    public override string ToString() => $"CredentialSpec {{ Username = {Username} }}";
}

/// <summary>A secret for state stores, encrypted at rest and write-only.</summary>
public sealed class Credential : FleetObject
{
    private Credential() { }

    public string Type { get; private set; } = "token";

    public string Username { get; private set; } = "";

    /// <summary>The secret, encrypted by the server's key ring.</summary>
    public byte[] Ciphertext { get; private set; } = [];

    /// <summary><c>sha256:</c> and the first 16 hex digits of the digest of the secret, to recognise it by.</summary>
    public string Fingerprint { get; private set; } = "";

    public DateTimeOffset UpdatedAt { get; private set; }

    public static Credential Create(ObjectMeta meta, string username, byte[] ciphertext, string fingerprint, Stamp stamp)
    {
        var credential = new Credential { Username = username, Ciphertext = ciphertext, Fingerprint = fingerprint, UpdatedAt = stamp.At };
        credential.Begin(meta, stamp);
        return credential;
    }

    public bool Change(ObjectMeta meta, string username, byte[] ciphertext, string fingerprint, Stamp stamp)
    {
        var changed = Username != username || Fingerprint != fingerprint;
        if (changed) (Username, Ciphertext, Fingerprint, UpdatedAt) = (username, ciphertext, fingerprint, stamp.At);
        return Update(meta, changed, stamp);
    }
}
