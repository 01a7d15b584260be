using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Promises.Scheduling;

/// <summary>
/// All Promises with their revisions, and which claims are contested between them. Conflicts are worked out here once, by revision, so that a
/// cluster only compares the few claims that more than one Promise has. Immutable; the caches only remember what follows from the rest.
/// </summary>
internal sealed class Catalogue
{
    public static readonly Catalogue Empty = new(
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<int, RevisionState>>(StringComparer.Ordinal),
        ImmutableDictionary<ClaimKey, ClaimUse>.Empty);

    private static readonly ImmutableSortedDictionary<int, RevisionState> s_none = ImmutableSortedDictionary<int, RevisionState>.Empty;

    private readonly ImmutableDictionary<ClaimKey, ClaimUse> _claims;
    private readonly ConcurrentDictionary<RevisionState, Contest[]> _contests = new(ReferenceEqualityComparer.Instance);

    private Catalogue(ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, RevisionState>> promises, ImmutableDictionary<ClaimKey, ClaimUse> claims) =>
        (Promises, _claims) = (promises, claims);

    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, RevisionState>> Promises { get; }

    public RevisionState? Find(string promise, int number) => Promises.GetValueOrDefault(promise)?.GetValueOrDefault(number);

    public bool Has(string promise) => Promises.ContainsKey(promise);

    public Catalogue With(IEnumerable<string> promises, IEnumerable<RevisionState> revisions)
    {
        var (all, claims) = (Promises.ToBuilder(), _claims.ToBuilder());
        foreach (var promise in promises) all.TryAdd(promise, s_none);
        foreach (var revision in revisions)
        {
            var numbers = all.GetValueOrDefault(revision.Promise) ?? s_none;
            if (numbers.TryGetValue(revision.Number, out var replaced)) Count(claims, replaced, -1);
            Count(claims, revision, 1);
            all[revision.Promise] = numbers.SetItem(revision.Number, revision);
        }

        return new Catalogue(all.ToImmutable(), claims.ToImmutable());
    }

    public Catalogue Without(string promise)
    {
        if (!Promises.TryGetValue(promise, out var revisions)) return this;
        var claims = _claims.ToBuilder();
        foreach (var revision in revisions.Values) Count(claims, revision, -1);
        return new Catalogue(Promises.Remove(promise), claims.ToImmutable());
    }

    /// <summary>The claims of a revision that another Promise has too.</summary>
    public Contest[] ContestsOf(RevisionState revision) => _contests.GetOrAdd(
        revision,
        static (key, claims) => [.. ClaimsOf(key).Select(claim => new Contest(claims[claim.Key], claim.Exclusive)).Where(contest => contest.Use.Contested)],
        _claims);

    private static IEnumerable<(ClaimKey Key, bool Exclusive)> ClaimsOf(RevisionState revision) =>
        revision.Provides
            .GroupBy(capability => capability.Name, StringComparer.Ordinal)
            .Select(group => (new ClaimKey(default, group.Key), group.Any(capability => capability.Exclusive)))
            .Concat(revision.Objects.Select(item => item.Identity).Distinct().Select(identity => (new ClaimKey(identity, null), true)));

    private static void Count(ImmutableDictionary<ClaimKey, ClaimUse>.Builder claims, RevisionState revision, int by)
    {
        foreach (var (key, exclusive) in ClaimsOf(revision))
        {
            var use = (claims.GetValueOrDefault(key) ?? new ClaimUse(key, [])).Count(revision.Promise, exclusive, by);
            if (use.Users == 0) claims.Remove(key);
            else claims[key] = use;
        }
    }
}
