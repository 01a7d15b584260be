using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Server.Features.Fleet;
using Promises.Server.Features.Holds;
using Promises.Server.Features.Placements;
using Promises.Server.Features.Promotions;

namespace Promises.Server.Features.Events;

/// <summary>
/// The kinds that events are sent of, and how objects of each are read: in the form that GET shows. A viewer may read all of them; tokens, which are nobody's to
/// follow, are not among them.
/// </summary>
internal sealed class EventKinds
{
    private readonly SortedDictionary<string, Func<PromisesDb, IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyList<JsonObject>>>> _readers =
        new(StringComparer.Ordinal);

    public EventKinds(IEnumerable<IFleetKind> kinds, FleetState fleet)
    {
        foreach (var kind in kinds) _readers.Add(kind.Kind, kind.NamedAsync);
        _readers.Add(PlacementView.Kind, (database, names, token) => NamedPlacements.ReadAsync(database, fleet, names, token));
        _readers.Add(PromotionView.Kind, NamedPromotions.ReadAsync);
        _readers.Add(HoldView.Kind, NamedHolds.ReadAsync);
    }

    public IReadOnlyCollection<string> Names => _readers.Keys;

    public bool Has(string kind) => _readers.ContainsKey(kind);

    /// <summary>Those of these names that are there.</summary>
    public Task<IReadOnlyList<JsonObject>> ReadAsync(PromisesDb database, string kind, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        _readers[kind](database, names, cancellationToken);
}
