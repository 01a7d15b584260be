using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Secrets;

/// <summary>Gives state stores the credentials they name, decrypted for as long as one git process runs.</summary>
internal sealed class CredentialReader(IDbContextFactory<PromisesDb> databases, CredentialVault vault) : ICredentialReader
{
    public async Task<GitCredential?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var credential = await db.Credentials.AsNoTracking().SingleOrDefaultAsync(credential => credential.Name == name, cancellationToken);
        return credential is null ? null : Open(credential) switch
        {
            TokenCredential token => new GitToken(token.Username, token.Secret, token.CaCertificate),
            SshCredential ssh => new GitKey(ssh.PrivateKey, ssh.KnownHosts),
            _ => throw new InvalidOperationException($"Credential {name} is of a type that opens nothing."),
        };
    }

    private CredentialSpec Open(Credential credential)
    {
        try
        {
            return vault.Open(credential);
        }
        catch (CryptographicException lost)
        {
            throw new StateStoreException(
                StoreFault.AuthenticationFailed, $"The credential {credential.Name} was encrypted with keys that this server does not have. Put the key ring back, or send the credential again.", lost);
        }
    }
}
