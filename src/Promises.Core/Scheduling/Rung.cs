using System.Collections.Immutable;

namespace Promises.Scheduling;

/// <summary>An environment with its pins.</summary>
internal sealed class Rung(EnvironmentState state, ImmutableSortedDictionary<string, int> pins)
{
    private readonly Lock _gate = new();
    private PinIndex? _index;
    private Catalogue? _indexed;

    public EnvironmentState State { get; } = state;

    public ImmutableSortedDictionary<string, int> Pins { get; } = pins;

    /// <summary>Made when first asked for, and kept while the catalogue is the same.</summary>
    public PinIndex IndexIn(Catalogue catalogue)
    {
        lock (_gate)
        {
            if (_index is not null && ReferenceEquals(_indexed, catalogue)) return _index;
            _index = new PinIndex(Pins.Select(pin => catalogue.Find(pin.Key, pin.Value)).OfType<RevisionState>());
            _indexed = catalogue;
            return _index;
        }
    }

    public Rung With(EnvironmentState changed) => new(changed, Pins);

    public Rung With(ImmutableSortedDictionary<string, int> changed) => new(State, changed);
}
