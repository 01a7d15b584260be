using Promises.Model;

namespace Promises.Server.Features.Events;

/// <summary>That an object came, changed or went. How it is, readers look up.</summary>
internal sealed record EventRow(EventPosition Position, EventType Type, string Kind, string Name, string? Detail);

/// <summary>Rows of the log after a place, in order.</summary>
/// <param name="UpTo">With these rows everything up to here was read.</param>
/// <param name="More">There may be more at once.</param>
internal sealed record EventPage(IReadOnlyList<EventRow> Rows, EventPosition UpTo, bool More);

/// <summary>Which events a client wants; null for all.</summary>
internal sealed record EventFilter(string? Kind, string? Name)
{
    public static EventFilter None { get; } = new(null, null);

    public bool Takes(EventRow row) => (Kind is null || Kind == row.Kind) && (Name is null || Name == row.Name);
}
