using System.Text.Json;
using Promises.Model;

namespace Promises.Server.Secrets;

/// <summary>What of a credential is encrypted: of a token only itself, of a key also whom it may be shown to.</summary>
internal static class CredentialSecrets
{
    public static SealedSecret Seal(this CredentialVault vault, string name, CredentialSpec spec)
    {
        var text = spec is SshCredential ssh ? JsonSerializer.Serialize(new KeyAndHosts(ssh.PrivateKey, ssh.KnownHosts)) : ((TokenCredential)spec).Secret;
        return new SealedSecret(vault.Seal(name, text), CredentialVault.Fingerprint(text));
    }

    /// <exception cref="System.Security.Cryptography.CryptographicException">Sealed with keys that this server does not have, or for another credential.</exception>
    public static CredentialSpec Open(this CredentialVault vault, Credential credential)
    {
        var text = vault.Open(credential.Name, credential.Ciphertext);
        if (credential.Type == CredentialSpec.Token) return new TokenCredential(credential.Username, text, credential.CaCertificate);

        var key = JsonSerializer.Deserialize<KeyAndHosts>(text)!;
        return new SshCredential(key.PrivateKey, credential.PublicKey!, key.KnownHosts);
    }

    private sealed record KeyAndHosts(string PrivateKey, string? KnownHosts);
}
