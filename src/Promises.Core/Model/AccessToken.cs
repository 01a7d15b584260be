namespace Promises.Model;

/// <summary>In rising order of power: each may do what those before it may.</summary>
public enum Role { Viewer, Operator, Admin }

/// <summary>A bearer token. Only its SHA-256 is kept: the token has 256 random bits, so a fast digest is right.</summary>
public sealed class AccessToken : FleetObject
{
    private AccessToken() { }

    public Role Role { get; private set; }

    public byte[] Hash { get; private set; } = [];

    /// <summary>The first characters of the token, to recognise it by.</summary>
    public string Prefix { get; private set; } = "";

    public DateTimeOffset? ExpiresAt { get; private set; }

    public DateTimeOffset? LastUsedAt { get; private set; }

    public static AccessToken Create(ObjectMeta meta, Role role, byte[] hash, string prefix, DateTimeOffset? expiresAt, Stamp stamp)
    {
        var token = new AccessToken { Role = role, Hash = hash, Prefix = prefix, ExpiresAt = expiresAt };
        token.Begin(meta, stamp);
        return token;
    }

    public bool ValidAt(DateTimeOffset now) => ExpiresAt is null || now < ExpiresAt;
}
