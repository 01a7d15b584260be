using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Credentials;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.StateStores;

/// <summary>Whether the credentials that a store names are there, and of the type that it needs.</summary>
internal static class StoreCredentials
{
    private const string SigningKey = "/spec/git/signingKeyRef";

    /// <param name="pointer">To the credential that opens the repository.</param>
    public static async Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, GitSpec git, string pointer, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (git.CredentialsRef is { } name)
        {
            if (await edit.Database.Credentials.FindAsync([name], cancellationToken) is not { } credential)
                errors.Add(new FieldError(pointer, name, Rules.UnknownCredential, "Create it with POST /credentials, or leave it out for a repository that needs none."));
            else if (CredentialUse.Obstacle(credential, git.Url) is { } obstacle)
                errors.Add(new FieldError(pointer, name, Rules.UnknownCredential, obstacle));
        }
        else if (GitUrl.IsSsh(git.Url))
        {
            errors.Add(new FieldError(pointer, null, Rules.Required, "An ssh URL takes a credential of type ssh, with knownHosts. Create one with POST /credentials."));
        }

        if (git.SigningKeyRef is not { } signer) return errors;
        if (await edit.Database.Credentials.FindAsync([signer], cancellationToken) is not { } key)
            errors.Add(new FieldError(SigningKey, signer, Rules.UnknownCredential, "Create it with POST /credentials, with type ssh and a privateKey."));
        else if (key.Type != CredentialSpec.Ssh)
            errors.Add(new FieldError(SigningKey, signer, Rules.UnknownCredential, $"Commits are signed by a credential of type ssh, and '{signer}' has type {key.Type}."));
        return errors;
    }
}
