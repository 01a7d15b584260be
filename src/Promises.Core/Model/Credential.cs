namespace Promises.Model;

/// <summary>What a client sends to be kept secret. Never shown again.</summary>
public abstract record CredentialSpec
{
    public const string Token = "token";
    public const string Ssh = "ssh";

    public abstract string Type { get; }
}

/// <summary>For https.</summary>
/// <param name="CaCertificate">PEM of the only authorities that are trusted for the host; null for those of the machine.</param>
public sealed record TokenCredential(string Username, string Secret, string? CaCertificate = null) : CredentialSpec
{
    public override string Type => Token;

    /// <summary>Keeps the secret out of logs and messages.</summary>
    public override string ToString() => $"TokenCredential {{ Username = {Username} }}";
}

/// <summary>For ssh, and for signing commits.</summary>
/// <param name="KnownHosts">Without it the key only signs.</param>
public sealed record SshCredential(string PrivateKey, string PublicKey, string? KnownHosts = null) : CredentialSpec
{
    public override string Type => Ssh;

    /// <summary>Keeps the secret out of logs and messages.</summary>
    public override string ToString() => $"SshCredential {{ PublicKey = {PublicKey} }}";
}

/// <param name="Ciphertext">The secret, encrypted by the server's key ring.</param>
/// <param name="Fingerprint"><c>sha256:</c> and the first 16 hex digits of the digest of the secret: tells one from another.</param>
public sealed record SealedSecret(byte[] Ciphertext, string Fingerprint);

/// <summary>A secret for state stores, encrypted at rest and write-only.</summary>
public sealed class Credential : FleetObject
{
    private Credential() { }

    public string Type { get; private set; } = CredentialSpec.Token;

    public string Username { get; private set; } = "";

    public byte[] Ciphertext { get; private set; } = [];

    public string Fingerprint { get; private set; } = "";

    /// <summary>Of a credential of type ssh; null of others.</summary>
    public string? PublicKey { get; private set; }

    /// <summary>Whether it can be connected with; a key without known hosts only signs.</summary>
    public bool HasKnownHosts { get; private set; }

    public string? CaCertificate { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public static Credential Create(ObjectMeta meta, CredentialSpec spec, SealedSecret secret, Stamp stamp)
    {
        var credential = new Credential { UpdatedAt = stamp.At };
        credential.Take(spec, secret);
        credential.Begin(meta, stamp);
        return credential;
    }

    public bool Change(ObjectMeta meta, CredentialSpec spec, SealedSecret secret, Stamp stamp)
    {
        var before = (Type, Username, Fingerprint, CaCertificate);
        var (ciphertext, updated) = (Ciphertext, UpdatedAt);
        Take(spec, secret);
        var changed = before != (Type, Username, Fingerprint, CaCertificate);
        // The same secret encrypted again is other bytes, and no change.
        (Ciphertext, UpdatedAt) = changed ? (Ciphertext, stamp.At) : (ciphertext, updated);
        return Update(meta, changed, stamp);
    }

    private void Take(CredentialSpec spec, SealedSecret secret)
    {
        (Type, Ciphertext, Fingerprint) = (spec.Type, secret.Ciphertext, secret.Fingerprint);
        (Username, CaCertificate) = spec is TokenCredential token ? (token.Username, token.CaCertificate) : ("", null);
        (PublicKey, HasKnownHosts) = spec is SshCredential ssh ? (ssh.PublicKey, ssh.KnownHosts is not null) : (null, false);
    }
}
