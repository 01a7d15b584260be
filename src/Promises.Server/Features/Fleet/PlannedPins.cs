using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Fleet;

/// <summary>Pins that a plan moves, before they are stored.</summary>
internal static class PlannedPins
{
    /// <summary>Lets a dry run, which stores nothing, see the pins as they would be.</summary>
    public static async Task TrackAsync(PromisesDb database, FleetPlan plan, CancellationToken cancellationToken)
    {
        var moved = plan.MovedPins.ToList();
        if (moved.Count == 0) return;

        var environments = moved.Select(pin => pin.Environment).Distinct().ToArray();
        await database.Pins.Where(pin => environments.Contains(pin.Environment)).LoadAsync(cancellationToken);
        var known = database.Pins.Local.ToDictionary(pin => (pin.Environment, pin.Promise));
        foreach (var (environment, promise, revision) in moved)
        {
            if (known.TryGetValue((environment, promise), out var pin)) pin.Move(revision);
            else database.Pins.Add(new Pin(environment, promise, revision));
        }
    }
}
