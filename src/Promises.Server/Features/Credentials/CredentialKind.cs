using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;
using Promises.Server.Features.Fleet;
using Promises.Server.Secrets;

namespace Promises.Server.Features.Credentials;

internal sealed class CredentialKind(CredentialVault vault) : IFleetKind
{
    public string Kind => Kinds.Credential;

    public string Route => "/credentials";

    public Role Writer => Role.Admin;

    public int Order => 1;

    public bool Takes(FleetDocument document) => document is CredentialDocument;

    public async Task<FleetObject?> FindAsync(PromisesDb database, string name, CancellationToken cancellationToken) =>
        await database.Credentials.FindAsync([name], cancellationToken);

    /// <summary>With the secret, since a patch that leaves it out keeps it; this never leaves the server.</summary>
    public Task<JsonObject> SpecAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken)
    {
        var credential = (Credential)source;
        var spec = FleetDocuments.CredentialSpecJson(credential);
        spec["token"] = vault.Open(credential.Name, credential.Ciphertext);
        return Task.FromResult(spec);
    }

    public Task<JsonObject> ViewAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        Task.FromResult(CredentialView.Of((Credential)source, []));

    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        PromisesDb database, string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken) =>
        [.. (await Listing.PageAsync(database.Credentials.AsNoTracking(), after, limit, selector, cancellationToken)).Select(row => CredentialView.Of(row, []))];

    public Task<Outcome<Edited>> PutAsync(FleetEdit edit, FleetDocument document, PutMode mode, CancellationToken cancellationToken) =>
        CredentialEdits.PutAsync(edit, (CredentialDocument)document, mode, vault, cancellationToken);

    public Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken) =>
        CredentialEdits.DeleteAsync(edit, name, cancellationToken);
}
