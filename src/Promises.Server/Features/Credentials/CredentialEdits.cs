using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Secrets;

namespace Promises.Server.Features.Credentials;

/// <summary>What making, replacing and deleting a credential do. The secret is sealed before anything else sees it.</summary>
internal static class CredentialEdits
{
    public static async Task<Outcome<Edited>> PutAsync(
        FleetEdit edit, CredentialDocument document, PutMode mode, CredentialVault vault, CancellationToken cancellationToken)
    {
        var (name, spec) = (document.Meta.Name, document.Spec);
        var credential = await edit.Database.Credentials.FindAsync([name], cancellationToken);
        if (credential is not null && mode == PutMode.Create)
            return new Failure.AlreadyExists(Kinds.Credential, name, $"A Credential named '{name}' exists. PUT /credentials/{name} replaces it.");
        if (edit.Request.Check(Kinds.Credential, name, credential, document.Meta.ResourceVersion) is { } failure) return failure;

        var effect = Effect.Created;
        var (sealedSecret, fingerprint) = (vault.Seal(name, spec.Token), CredentialVault.Fingerprint(spec.Token));
        if (credential is null) edit.Database.Credentials.Add(credential = Credential.Create(document.Meta, spec.Username, sealedSecret, fingerprint, edit.Stamp()));
        else effect = credential.Change(document.Meta, spec.Username, sealedSecret, fingerprint, edit.Stamp()) ? Effect.Updated : Effect.Unchanged;

        if (effect == Effect.Updated)
        {
            edit.EditedStores.UnionWith(await edit.Database.StateStores.AsNoTracking()
                .Where(store => store.CredentialName == name).Select(store => store.Name).ToListAsync(cancellationToken));
        }

        if (effect != Effect.Unchanged) edit.Touch(effect == Effect.Created ? EventType.Added : EventType.Modified, Kinds.Credential, name);
        return new Edited(
            Kinds.Credential, name, effect, document.Warnings, _ => Task.FromResult(CredentialView.Of(credential, document.Warnings)), $"/credentials/{name}");
    }

    public static async Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken)
    {
        var credential = await edit.Database.Credentials.FindAsync([name], cancellationToken);
        if (credential is null) return new Failure.NotFound(Kinds.Credential, name);
        if (edit.Request.Check(Kinds.Credential, name, credential, null) is { } failure) return failure;

        var users = await edit.Database.StateStores.AsNoTracking().Where(store => store.CredentialName == name)
            .OrderBy(store => store.Name).Select(store => store.Name).ToListAsync(cancellationToken);
        if (users.Count > 0)
        {
            return new Failure.InUse(
                Kinds.Credential, name, [.. users.Select(store => new ObjectReference(Kinds.StateStore, store))], "Let these state stores use another credential first.");
        }

        var asItWas = CredentialView.Of(credential, []);
        edit.Database.Remove(credential);
        edit.Touch(EventType.Deleted, Kinds.Credential, name);
        return new Edited(Kinds.Credential, name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
    }
}
