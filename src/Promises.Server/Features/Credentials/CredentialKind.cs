using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Secrets;

namespace Promises.Server.Features.Credentials;

internal sealed class CredentialKind(CredentialVault vault) : FleetKind<Credential, CredentialDocument>(Kinds.Credential, "/credentials", Role.Admin, order: 1)
{
    public override Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        CredentialEdits.DeleteAsync(edit, name, cancellationToken);

    /// <summary>With the secret, since a patch that leaves it out keeps it; this never leaves the server.</summary>
    protected override Task<JsonObject> SpecAsync(PromisesDb database, Credential source, CancellationToken cancellationToken)
    {
        var spec = FleetDocuments.CredentialSpecJson(source);
        switch (vault.Open(source))
        {
            case TokenCredential token:
                (spec["token"], spec["caCertificate"]) = (token.Secret, token.CaCertificate);
                break;
            case SshCredential ssh:
                (spec["privateKey"], spec["knownHosts"]) = (ssh.PrivateKey, ssh.KnownHosts);
                break;
        }

        return Task.FromResult(spec);
    }

    protected override Task<IReadOnlyList<JsonObject>> ViewsAsync(PromisesDb database, IReadOnlyList<Credential> sources, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JsonObject>>([.. sources.Select(source => CredentialView.Of(source, []))]);

    protected override Task<Outcome<Edited>> PutAsync(FleetEdit edit, CredentialDocument document, PutMode mode, CancellationToken cancellationToken) =>
        CredentialEdits.PutAsync(edit, document, mode, vault, cancellationToken);
}
