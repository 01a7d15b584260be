using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.StateStores;

namespace Promises.Server.Secrets;

/// <summary>Gives state stores the credentials they name, decrypted for as long as one git process runs.</summary>
internal sealed class CredentialReader(IDbContextFactory<PromisesDb> databases, CredentialVault vault) : ICredentialReader
{
    public async Task<GitCredential?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var credential = await db.Credentials.AsNoTracking().SingleOrDefaultAsync(credential => credential.Name == name, cancellationToken);
        return credential is null ? null : new GitCredential(credential.Username, vault.Open(name, credential.Ciphertext));
    }
}
