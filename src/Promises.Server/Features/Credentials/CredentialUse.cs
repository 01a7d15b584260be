using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Features.Credentials;

/// <summary>Which credential opens which repository, and which stores a credential serves.</summary>
internal static class CredentialUse
{
    /// <summary>Why a repository is not opened by it, as a remedy; null if it may be.</summary>
    public static string? Obstacle(Credential credential, string url) => (GitUrl.IsSsh(url), IsHttp(url), credential) switch
    {
        (true, _, { Type: not CredentialSpec.Ssh }) => $"An ssh URL takes a credential of type ssh, and '{credential.Name}' has type {credential.Type}.",
        (true, _, { HasKnownHosts: false }) => $"An ssh URL takes a credential with knownHosts, and '{credential.Name}' has none: its key can only sign.",
        (_, true, { Type: not CredentialSpec.Token }) => $"An https URL takes a credential of type token, and '{credential.Name}' has type {credential.Type}.",
        _ => null,
    };

    public static async Task<IReadOnlyList<StateStore>> StoresAsync(PromisesDb database, string credential, CancellationToken cancellationToken) =>
        await database.StateStores.AsNoTracking().Where(store => store.CredentialName == credential || store.SigningKeyName == credential)
            .OrderBy(store => store.Name).ToListAsync(cancellationToken);

    /// <summary>What a change of a credential would take from the stores that use it.</summary>
    public static IReadOnlyList<FieldError> Check(Credential before, CredentialSpec after, IReadOnlyList<StateStore> stores)
    {
        var names = string.Join(", ", stores.Take(10).Select(store => $"'{store.Name}'"));
        if (after.Type != before.Type && stores.Count > 0)
            return [new FieldError("/spec/type", after.Type, Rules.Immutable, $"It is '{before.Type}' while state stores use it ({names}). Make another credential for them.")];

        var connecting = stores.FirstOrDefault(store => store.CredentialName == before.Name && store.Url is not null && GitUrl.IsSsh(store.Url));
        return after is SshCredential { KnownHosts: null } && connecting is not null
            ? [new FieldError("/spec/knownHosts", null, Rules.Required, $"State store '{connecting.Name}' is written to over ssh with it: give the key of its host.")]
            : [];
    }

    private static bool IsHttp(string url) => GitUrl.Endpoint(url) is not null && !GitUrl.IsSsh(url);
}
