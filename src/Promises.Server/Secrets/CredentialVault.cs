using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Promises.Server.Secrets;

/// <summary>
/// Encrypts the secrets of credentials with the key ring. Each credential has a purpose of its own, so a ciphertext that is moved to another name does not open.
/// Whoever loses the key ring loses the credentials: it belongs into the backup, and apart from the database's.
/// </summary>
internal sealed class CredentialVault(IDataProtectionProvider keys)
{
    public byte[] Seal(string credential, string secret) => Protector(credential).Protect(Encoding.UTF8.GetBytes(secret));

    /// <exception cref="CryptographicException">Sealed with keys that this server does not have, or for another credential.</exception>
    public string Open(string credential, byte[] ciphertext) => Encoding.UTF8.GetString(Protector(credential).Unprotect(ciphertext));

    /// <summary>To recognise a secret by: <c>sha256:</c> and 16 hex digits.</summary>
    public static string Fingerprint(string secret) =>
        $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..16]}";

    private IDataProtector Protector(string credential) => keys.CreateProtector("Promises.Credential", credential);
}
