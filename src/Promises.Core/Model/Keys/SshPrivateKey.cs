using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Promises.Model.Keys;

/// <summary>A private key that the ssh program opens without asking anybody.</summary>
/// <param name="Text">As ssh wants it in a file, whatever became of line ends on the way here.</param>
/// <param name="PublicKey">Type and key in one line, as in <c>authorized_keys</c>.</param>
public sealed record SshPrivateKey(string Text, string PublicKey)
{
    private const string Whole = "Give the whole file of the private key, from -----BEGIN to -----END.";
    private const string Encrypted = "The key has a passphrase, and nobody could type it in. Make a key of its own for this, without one: ssh-keygen -t ed25519 -N '' -f key";
    private const string Convert = "Give an RSA, ECDSA or Ed25519 key; ssh-keygen -p -f key rewrites a file in the format of OpenSSH.";

    public static bool TryRead(string text, [NotNullWhen(true)] out SshPrivateKey? key, [NotNullWhen(false)] out string? remedy)
    {
        (key, remedy) = (null, null);
        try
        {
            if (Refusal(text) is { } refusal) remedy = refusal;
            else if (!PemEncoding.TryFind(text, out var fields)) remedy = Whole;
            else key = Read(text[fields.Label], System.Convert.FromBase64String(text[fields.Base64Data]), out remedy);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException or InvalidDataException)
        {
            // The words of the parser say nothing to whoever pasted it.
            remedy = $"The key is damaged. {Whole}";
        }

        return key is not null;
    }

    /// <summary>Keeps the secret out of logs and messages.</summary>
    public override string ToString() => $"SshPrivateKey {{ PublicKey = {PublicKey} }}";

    /// <summary>What somebody may take for a private key, told by what stands in it.</summary>
    private static string? Refusal(string text) => text.Trim() switch
    {
        var t when t.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal) || t.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) => Encrypted,
        var t when t.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal) => "This is a key of PuTTY. Convert it: puttygen key.ppk -O private-openssh -o key",
        var t when IsPublic(t) => "This is a public key; it belongs to the Git host. Give the private one, which lies beside it in the file without .pub.",
        _ => null,
    };

    private static bool IsPublic(string text) =>
        text.Contains("PUBLIC KEY-----", StringComparison.Ordinal) || text.Contains("BEGIN SSH2 PUBLIC KEY", StringComparison.Ordinal)
        || text.StartsWith("ssh-", StringComparison.Ordinal) || text.StartsWith("ecdsa-sha2-", StringComparison.Ordinal) || text.StartsWith("sk-", StringComparison.Ordinal);

    private static SshPrivateKey? Read(string label, byte[] data, out string? remedy)
    {
        remedy = null;
        byte[]? blob = null;
        switch (label)
        {
            case "OPENSSH PRIVATE KEY":
                blob = FromOpenSsh(data, out remedy);
                break;
            case "RSA PRIVATE KEY":
                blob = Rsa(rsa => rsa.ImportRSAPrivateKey(data, out _));
                break;
            case "EC PRIVATE KEY":
                blob = Ecdsa(ecdsa => ecdsa.ImportECPrivateKey(data, out _));
                break;
            case "PRIVATE KEY":
                blob = FromPkcs8(data);
                break;
        }

        if (blob is null)
        {
            remedy ??= Convert;
            return null;
        }

        var type = new SshWire(blob).Text();
        return new(PemEncoding.WriteString(label, data) + "\n", $"{type} {System.Convert.ToBase64String(blob)}");
    }

    private static byte[]? FromOpenSsh(byte[] data, out string? remedy)
    {
        remedy = null;
        var magic = "openssh-key-v1\0"u8;
        if (!data.AsSpan().StartsWith(magic)) throw new InvalidDataException();
        var wire = new SshWire(data.AsMemory(magic.Length));
        var (cipher, kdf) = (wire.Text(), wire.Text());
        _ = wire.Bytes();
        if (wire.Number() != 1) throw new InvalidDataException();
        var blob = wire.Bytes();
        var secret = new SshWire(wire.Bytes());
        if (!wire.IsAtEnd) throw new InvalidDataException();
        if (cipher != "none" || kdf != "none")
        {
            remedy = Encrypted;
            return null;
        }

        var type = new SshWire(blob).Text();
        if (secret.Number() != secret.Number() || secret.Text() != type) throw new InvalidDataException();
        if (type.StartsWith("sk-", StringComparison.Ordinal)) remedy = "This key needs a touch on its hardware, and nobody is there. Make one without: ssh-keygen -t ed25519 -N '' -f key";
        return type is "ssh-ed25519" or "ssh-rsa" or "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521" ? blob.ToArray() : null;
    }

    private static byte[]? FromPkcs8(byte[] data)
    {
        try
        {
            return Rsa(rsa => rsa.ImportPkcs8PrivateKey(data, out _));
        }
        catch (CryptographicException)
        {
            return Ecdsa(ecdsa => ecdsa.ImportPkcs8PrivateKey(data, out _));
        }
    }

    private static byte[] Rsa(Action<RSA> import)
    {
        using var rsa = RSA.Create();
        import(rsa);
        var key = rsa.ExportParameters(includePrivateParameters: false);
        return [.. SshWire.Of("ssh-rsa"u8), .. SshWire.OfNumber(key.Exponent!), .. SshWire.OfNumber(key.Modulus!)];
    }

    private static byte[]? Ecdsa(Action<ECDsa> import)
    {
        using var ecdsa = ECDsa.Create();
        import(ecdsa);
        var key = ecdsa.ExportParameters(includePrivateParameters: false);
        if (key.Curve.IsExplicit || ecdsa.KeySize is not (256 or 384 or 521)) return null;
        var curve = Encoding.ASCII.GetBytes($"nistp{ecdsa.KeySize}");
        return [.. SshWire.Of([.. "ecdsa-sha2-"u8, .. curve]), .. SshWire.Of(curve), .. SshWire.Of([4, .. key.Q.X!, .. key.Q.Y!])];
    }
}
