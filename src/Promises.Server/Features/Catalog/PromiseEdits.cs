using Microsoft.EntityFrameworkCore;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Catalog;

/// <summary>What publishing and deleting a Promise do to the fleet.</summary>
internal static class PromiseEdits
{
    public static async Task<Outcome<Edited>> PutAsync(
        FleetEdit edit, PromiseDocument document, PutMode mode, CancellationToken cancellationToken)
    {
        var name = document.Meta.Name;
        var promise = await edit.Database.Promises.FindAsync([name], cancellationToken);
        if (promise is { Leaving: true })
            return new Failure.AlreadyExists(PromiseView.Kind, name, $"The files of the former Promise '{name}' are still being removed. The name is free once they are off every branch.");
        if (promise is not null && mode == PutMode.Create)
            return new Failure.AlreadyExists(PromiseView.Kind, name, $"A Promise named '{name}' exists. PUT /promises/{name} publishes a new revision of it.");
        if (edit.Request.Check(PromiseView.Kind, name, promise, document.Meta.ResourceVersion) is { } failure) return failure;

        var known = await edit.Database.Revisions.AsNoTracking().Where(revision => revision.Promise == name)
            .OrderBy(revision => revision.Number)
            .Select(revision => new RevisionKey(revision.Number, revision.Digest, revision.Version)).ToListAsync(cancellationToken);
        return Publish(edit, promise, edit.Document is null ? WithKnownRequirements(edit, document) : document, known);
    }

    /// <summary>Whether the Promises that it names exist.</summary>
    public static IReadOnlyList<FieldError> Check(FleetEdit edit, PromiseDocument document) =>
        edit.Draft.Ladder is [var first, ..] ? PromiseReferences.Check(edit.Draft, first.Name, WithKnownRequirements(edit, document)) : [];

    /// <summary>Kratix only warns of requirements that name nothing; a stream has looked at its own documents already.</summary>
    private static PromiseDocument WithKnownRequirements(FleetEdit edit, PromiseDocument document) => document.WithoutRequirements(
        document.Tentative.Select(tentative => tentative.Promise).Where(name => !edit.Draft.HasPromise(name)).ToHashSet(StringComparer.Ordinal));

    public static async Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken)
    {
        var promise = await edit.Database.Promises.FindAsync([name], cancellationToken);
        if (promise is null or { Leaving: true }) return new Failure.NotFound(PromiseView.Kind, name);
        if (edit.Request.Check(PromiseView.Kind, name, promise, null) is { } failure) return failure;

        var users = PromiseReferences.UsersOf(edit.Draft, name);
        if (users.Count > 0)
        {
            return new Failure.InUse(
                PromiseView.Kind, name, users, "Other Promises require or include it, in the revision that is pinned somewhere. Publish and promote revisions without it first.");
        }

        var asItWas = await PromiseView.ReadAsync(edit.Database, promise, cancellationToken);
        edit.Draft = edit.Draft.WithoutPromise(name);
        edit.Touch(EventType.Deleted, PromiseView.Kind, name);
        promise.Leave(edit.Stamp());
        if (!await edit.Database.Placements.AnyAsync(placement => placement.Promise == name, cancellationToken))
        {
            // Nothing of it lies anywhere, so no reconciler would come by to free the name.
            await edit.Database.Pins.Where(pin => pin.Promise == name).ForEachAsync(pin => edit.Database.Remove(pin), cancellationToken);
            await edit.Database.Revisions.Where(revision => revision.Promise == name).ForEachAsync(revision => edit.Database.Remove(revision), cancellationToken);
            edit.Database.Remove(promise);
        }

        return new Edited(PromiseView.Kind, name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
    }

    private static Outcome<Edited> Publish(FleetEdit edit, Promise? promise, PromiseDocument document, IReadOnlyList<RevisionKey> known)
    {
        var (meta, spec) = (document.Meta, document.Spec);
        if (edit.Draft.Ladder is not [var first, ..])
            return new Failure.Invalid(PromiseView.Kind, [new FieldError("", meta.Name, Rules.UnknownEnvironment, "There is no environment to pin it in. Create one with POST /environments.")]);

        var stamp = edit.Stamp();
        var content = PromiseContent.Write(spec);
        var digest = CanonicalJson.Digest(content);
        var same = known.FirstOrDefault(revision => revision.Digest == digest);
        if (same is null && spec.Version is not null && known.FirstOrDefault(revision => revision.Version == spec.Version) is { } taken)
        {
            return document.VersionFromLabel
                ? Publish(edit, promise, document.WithoutVersion(), known)
                : new Failure.VersionReused(meta.Name, spec.Version, taken.Number);
        }

        var number = same?.Number ?? (promise?.LatestRevision ?? 0) + 1;
        if (same is null)
        {
            edit.Database.Revisions.Add(new Revision(meta.Name, number, digest, spec.Version, content, edit.Request.By, stamp));
            edit.Draft = edit.Draft.WithRevision(RevisionState.From(meta.Name, number, digest, spec));
        }

        var pinned = edit.Draft.PinsOf(first.Name).GetValueOrDefault(meta.Name) == number;
        edit.Draft = edit.Draft.WithPin(first.Name, meta.Name, number);
        var effect = Effect.Created;
        if (promise is null) edit.Database.Promises.Add(promise = Promise.Create(meta, stamp));
        else effect = promise.Change(meta, number, stamp) || !pinned ? Effect.Updated : Effect.Unchanged;

        edit.CheckLast(() => PromiseReferences.Check(edit.Draft, first.Name, document));
        if (effect != Effect.Unchanged) edit.Touch(effect == Effect.Created ? EventType.Added : EventType.Modified, PromiseView.Kind, meta.Name);
        return new Edited(
            PromiseView.Kind, meta.Name, effect, document.Warnings,
            token => PromiseView.ReadAsync(edit.Database, promise, digest, content, document.Warnings, token), $"/promises/{meta.Name}");
    }

    private sealed record RevisionKey(int Number, string Digest, string? Version);
}
