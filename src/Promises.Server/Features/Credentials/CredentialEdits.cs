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
        var secret = vault.Seal(name, spec);
        if (credential is null)
        {
            edit.Database.Credentials.Add(credential = Credential.Create(document.Meta, spec, secret, edit.Stamp()));
        }
        else
        {
            var stores = await CredentialUse.StoresAsync(edit.Database, name, cancellationToken);
            if (CredentialUse.Check(credential, spec, stores) is { Count: > 0 } errors) return new Failure.Invalid(Kinds.Credential, errors);
            effect = credential.Change(document.Meta, spec, secret, edit.Stamp()) ? Effect.Updated : Effect.Unchanged;
            if (effect == Effect.Updated) edit.EditedStores.UnionWith(stores.Select(store => store.Name));
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

        var users = await CredentialUse.StoresAsync(edit.Database, name, cancellationToken);
        if (users.Count > 0)
        {
            return new Failure.InUse(
                Kinds.Credential, name, [.. users.Select(store => new ObjectReference(Kinds.StateStore, store.Name))], "Let these state stores use another credential first.");
        }

        var asItWas = CredentialView.Of(credential, []);
        edit.Database.Remove(credential);
        edit.Touch(EventType.Deleted, Kinds.Credential, name);
        return new Edited(Kinds.Credential, name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
    }
}
