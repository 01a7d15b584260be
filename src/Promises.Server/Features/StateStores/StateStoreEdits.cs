using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Clusters;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.StateStores;

/// <summary>What registering, changing and deleting a state store do to the fleet.</summary>
internal static class StateStoreEdits
{
    public static async Task<Outcome<Edited>> PutAsync(
        FleetEdit edit, StateStoreDocument document, PutMode mode, CancellationToken cancellationToken)
    {
        var meta = document.Meta;
        var store = await edit.Database.StateStores.FindAsync([meta.Name], cancellationToken);
        if (store is not null && mode == PutMode.Create)
            return new Failure.AlreadyExists(StateStoreView.Kind, meta.Name, $"A StateStore named '{meta.Name}' exists. PUT /state-stores/{meta.Name} changes it.");
        if (edit.Request.Check(StateStoreView.Kind, meta.Name, store, meta.ResourceVersion) is { } failure) return failure;

        var errors = await CheckAsync(edit, document, cancellationToken);
        if (errors.Count > 0) return new Failure.Invalid(StateStoreView.Kind, errors);

        if (store is null) return Register(edit, document);
        return await ChangeAsync(edit, store, document, cancellationToken);
    }

    /// <summary>Whether its credentials are there, and its repository may be gone to.</summary>
    public static async Task<IReadOnlyList<FieldError>> CheckAsync(
        FleetEdit edit, StateStoreDocument document, CancellationToken cancellationToken)
    {
        if (document.Spec.Git is not { } git) return [];

        var errors = new List<FieldError>(await StoreCredentials.CheckAsync(edit, git, document.Sources.Credential, cancellationToken));
        var store = await edit.Database.StateStores.FindAsync([document.Meta.Name], cancellationToken);
        if (git.Url.Length > 0 && git.Url != store?.Url) errors.AddRange(RepositoryCheck.Check(edit, git.Url, document.Sources.Url));
        if (git.Mode == DeliveryMode.Proposal && await ProposesThereAsync(edit, document.Meta.Name, git.Url, cancellationToken) is { } other)
        {
            errors.Add(new FieldError(
                "/spec/git/mode", "proposal", Rules.Branch, $"State store '{other}' proposes to the same repository, on the same branches. Use mode push, or another repository."));
        }

        return errors;
    }

    private static async Task<string?> ProposesThereAsync(FleetEdit edit, string name, string url, CancellationToken cancellationToken)
    {
        var place = GitUrl.ComparisonKey(url);
        var others = await edit.Database.StateStores.AsNoTracking().Where(store => store.Mode == DeliveryMode.Proposal && store.Name != name)
            .OrderBy(store => store.Name).ToListAsync(cancellationToken);
        return others.Find(store => GitUrl.ComparisonKey(store.Url!) == place)?.Name;
    }

    public static async Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken)
    {
        var store = await edit.Database.StateStores.FindAsync([name], cancellationToken);
        if (store is null) return new Failure.NotFound(StateStoreView.Kind, name);
        if (edit.Request.Check(StateStoreView.Kind, name, store, null) is { } failure) return failure;

        var clusters = await edit.Database.Clusters.AsNoTracking().Where(cluster => cluster.StateStore == name)
            .OrderBy(cluster => cluster.Name).Select(cluster => cluster.Name).Take(100).ToListAsync(cancellationToken);
        if (clusters.Count > 0)
        {
            return new Failure.InUse(
                StateStoreView.Kind, name, [.. clusters.Select(cluster => new ObjectReference(ClusterView.Kind, cluster))], "Delete its clusters first, and let their files be removed.");
        }

        // Somebody may merge it, and nobody would be left to whom that means anything.
        var waiting = await edit.Database.Proposals.AsNoTracking()
            .Where(proposal => proposal.StateStore == name && (proposal.Phase == ProposalPhase.Open || proposal.Phase == ProposalPhase.Pushing))
            .OrderBy(proposal => proposal.Environment).Select(proposal => proposal.Branch).ToListAsync(cancellationToken);
        if (waiting.Count > 0)
            return new Failure.InUse(StateStoreView.Kind, name, [], $"Merge what it still proposes ({string.Join(", ", waiting)}), or use mode push to have it pushed.");

        var asItWas = await StateStoreView.ReadAsync(edit.Database, store, [], cancellationToken);
        edit.Database.Remove(store);
        edit.Draft = edit.Draft.WithoutStore(name);
        edit.EditedStores.Add(name);
        edit.Touch(EventType.Deleted, StateStoreView.Kind, name);
        return new Edited(StateStoreView.Kind, name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
    }

    private static Outcome<Edited> Register(FleetEdit edit, StateStoreDocument document)
    {
        var store = StateStore.Create(document.Meta, document.Spec, edit.Stamp());
        edit.Database.StateStores.Add(store);
        edit.Draft = edit.Draft.WithStore(FleetStates.Of(store));
        edit.NewStores.Add(store.Name);
        if (!store.IsEmbedded) edit.EditedStores.Add(store.Name);
        edit.Touch(EventType.Added, StateStoreView.Kind, store.Name);
        return Done(edit, store, Effect.Created, document.Warnings);
    }

    private static async Task<Outcome<Edited>> ChangeAsync(
        FleetEdit edit, StateStore store, StateStoreDocument document, CancellationToken cancellationToken)
    {
        var before = FleetStates.Of(store);
        if ((document.Spec.Git?.Path ?? "") != before.BasePath && edit.Draft.Clusters.Any(cluster => cluster.StateStore == store.Name))
        {
            return new Failure.Invalid(StateStoreView.Kind, [new FieldError(
                "/spec/git/path", document.Spec.Git?.Path, Rules.Immutable, $"It is '{before.BasePath}' while clusters use the store. Make another state store, and register the clusters there.")]);
        }

        if (!store.Change(document.Meta, document.Spec, edit.Stamp())) return Done(edit, store, Effect.Unchanged, document.Warnings);

        var after = FleetStates.Of(store);
        edit.Draft = edit.Draft.WithStore(after);
        edit.EditedStores.Add(store.Name);
        edit.Touch(EventType.Modified, StateStoreView.Kind, store.Name);
        if (before != after)
        {
            // Another place or layout: every directory is written anew there, and what is known of the old branch says nothing about the new one.
            foreach (var cluster in edit.Draft.Clusters.Where(cluster => cluster.StateStore == store.Name))
            {
                edit.Resited.Add(cluster.Name);
                var errors = await ClusterPaths.CheckAsync(edit, cluster.Name, store.Name, cluster.Path, document.Sources.Url, cancellationToken);
                if (errors.Count > 0) return new Failure.Invalid(StateStoreView.Kind, errors);
            }

            if ((before.Url, before.Branch) != (after.Url, after.Branch)) edit.MovedStores.Add(store.Name);
        }

        return Done(edit, store, Effect.Updated, document.Warnings);
    }

    private static Outcome<Edited> Done(FleetEdit edit, StateStore store, Effect effect, IReadOnlyList<Warning> warnings) =>
        new Edited(StateStoreView.Kind, store.Name, effect, warnings, token => StateStoreView.ReadAsync(edit.Database, store, warnings, token), $"/state-stores/{store.Name}");
}
