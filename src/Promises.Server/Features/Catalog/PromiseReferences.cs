using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;

namespace Promises.Server.Features.Catalog;

/// <summary>What holds between Promises: the others it names exist, and nothing requires or includes itself.</summary>
internal static class PromiseReferences
{
    public static IReadOnlyList<FieldError> Check(FleetSnapshot fleet, string environment, PromiseDocument document)
    {
        var errors = document.Spec.Includes.Select(reference => (reference.Promise, Pointer: document.IncludePointers.GetValueOrDefault(reference.Promise, "/spec/includes")))
            .Concat(document.Spec.Requires.Select(reference => (reference.Promise, Pointer: document.RequirePointers.GetValueOrDefault(reference.Promise, "/spec/requires"))))
            .Where(reference => !fleet.HasPromise(reference.Promise))
            .Select(reference => new FieldError(
                reference.Pointer, reference.Promise, Rules.UnknownPromise, $"Publish '{reference.Promise}' first, or send both in one stream to POST /apply."))
            .ToList();

        if (errors.Count == 0 && CatalogCycles.Find(fleet, environment, RevisionState.From(document.Meta.Name, 0, "", document.Spec)) is { } cycle)
            errors.Add(new FieldError(document.Spec.Requires.Any(reference => cycle.Contains(reference.Promise)) ? "/spec/requires" : "/spec/includes", string.Join(" -> ", cycle), Rules.Cycle, "Nothing can come before itself: take one of these references out."));

        return errors;
    }

    /// <summary>The Promises that require or include this one in a revision that is pinned somewhere.</summary>
    public static IReadOnlyList<ObjectReference> UsersOf(FleetSnapshot fleet, string promise) =>
    [
        .. fleet.Ladder.SelectMany(rung => fleet.PinsOf(rung.Name))
            .Select(pin => fleet.FindRevision(pin.Key, pin.Value)).OfType<RevisionState>()
            .Where(revision => revision.Promise != promise
                && revision.Requires.Concat(revision.Includes).Any(reference => reference.Promise == promise))
            .Select(revision => revision.Promise).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => new ObjectReference(PromiseView.Kind, name)),
    ];
}
