using Promises.Model;

namespace Promises.Server.Features.Events;

/// <summary>One event to be sent for an object: what happened to it between two sendings falls together.</summary>
/// <param name="Id">With it everything up to here was sent, and nothing that comes after it in the batch.</param>
internal sealed record PendingEvent(string Kind, string Name, string? Detail, EventType Type, EventPosition Last, EventPosition Id);

/// <summary>What a page of rows comes to for one client.</summary>
internal static class EventBatch
{
    /// <summary>
    /// One event for each object, in the order of their first rows; rows that have something to say of their own stay apart. Since an event stands for later
    /// rows too, its id is not that of a row but the place right before the first row of the next event: who resumes there misses none.
    /// </summary>
    public static IReadOnlyList<PendingEvent> Of(EventPage page, EventFilter filter, EventKinds kinds)
    {
        var groups = page.Rows.Where(row => kinds.Has(row.Kind) && filter.Takes(row))
            .GroupBy(row => (row.Kind, row.Name, row.Detail))
            .OrderBy(group => group.First().Position).ToList();
        return
        [
            .. groups.Select((group, index) => new PendingEvent(
                group.Key.Kind, group.Key.Name, group.Key.Detail,
                group.Any(row => row.Type == EventType.Added) ? EventType.Added : EventType.Modified,
                group.Last().Position,
                index + 1 < groups.Count ? groups[index + 1].First().Position.Before() : page.UpTo)),
        ];
    }
}
