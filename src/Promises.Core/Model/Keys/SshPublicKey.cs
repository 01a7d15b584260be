using System.Security.Cryptography;

namespace Promises.Model.Keys;

/// <summary>Public keys as one line of text: type, a space, and the key.</summary>
public static class SshPublicKey
{
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    };

    /// <summary>As <c>ssh-keygen -l</c> prints it.</summary>
    public static string Fingerprint(string publicKey) =>
        $"SHA256:{Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(publicKey[(publicKey.IndexOf(' ', StringComparison.Ordinal) + 1)..]))).TrimEnd('=')}";

    public static bool IsType(string word) => Types.Contains(word);

    /// <summary>Whether the key is one, of the type that stands before it.</summary>
    public static bool IsKey(string type, string base64)
    {
        var buffer = new byte[base64.Length];
        if (!IsType(type) || !Convert.TryFromBase64String(base64, buffer, out var length)) return false;
        try
        {
            var wire = new SshWire(buffer.AsMemory(0, length));
            return wire.Text() == type && !wire.IsAtEnd;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
