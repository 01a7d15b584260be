using Microsoft.EntityFrameworkCore;
using Promises.Environments;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Environment = Promises.Model.Environment;

namespace Promises.Server.Features.Environments;

/// <summary>What creating, moving and deleting a rung of the ladder do to the fleet.</summary>
internal static class EnvironmentEdits
{
    public static async Task<Outcome<Edited>> PutAsync(
        FleetEdit edit, EnvironmentDocument document, PutMode mode, CancellationToken cancellationToken)
    {
        var name = document.Meta.Name;
        var environment = await edit.Database.Environments.FindAsync([name], cancellationToken);
        if (environment is not null && mode == PutMode.Create)
            return new Failure.AlreadyExists(EnvironmentView.Kind, name, $"An Environment named '{name}' exists. PUT /environments/{name} changes it.");
        if (edit.Request.Check(EnvironmentView.Kind, name, environment, document.Meta.ResourceVersion) is { } failure) return failure;

        var effect = Effect.Created;
        if (environment is null)
        {
            environment = Environment.Create(document.Meta, document.Spec, edit.Stamp());
            edit.Database.Environments.Add(environment);
            edit.Draft = edit.Draft.WithEnvironment(FleetStates.Of(environment));
            InheritPins(edit, name);
        }
        else
        {
            effect = environment.Change(document.Meta, document.Spec, edit.Stamp()) ? Effect.Updated : Effect.Unchanged;
            edit.Draft = edit.Draft.WithEnvironment(FleetStates.Of(environment));
        }

        if (effect != Effect.Unchanged)
        {
            edit.Touch(effect == Effect.Created ? EventType.Added : EventType.Modified, EnvironmentView.Kind, name);
            edit.CheckLast(() => Ladder.Check(edit.Draft.Ladder, name));
        }

        return new Edited(
            EnvironmentView.Kind, name, effect, document.Warnings,
            token => EnvironmentView.ReadAsync(edit.Database, environment, document.Warnings, token), $"/environments/{name}");
    }

    public static async Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken)
    {
        var environment = await edit.Database.Environments.FindAsync([name], cancellationToken);
        if (environment is null) return new Failure.NotFound(EnvironmentView.Kind, name);
        if (edit.Request.Check(EnvironmentView.Kind, name, environment, null) is { } failure) return failure;

        var clusters = await edit.Database.Clusters.AsNoTracking().Where(cluster => cluster.Environment == name)
            .OrderBy(cluster => cluster.Name).Select(cluster => cluster.Name).Take(100).ToListAsync(cancellationToken);
        if (clusters.Count > 0)
        {
            return new Failure.InUse(
                EnvironmentView.Kind, name, [.. clusters.Select(cluster => new ObjectReference("Cluster", cluster))], "Delete its clusters first.");
        }

        if (!edit.Draft.Ladder.Any(rung => rung.Name != name && rung.Audience == environment.Audience))
        {
            var audience = environment.Audience == Audience.Internal ? "internal" : "external";
            return new Failure.InUse(EnvironmentView.Kind, name, [], $"It is the last {audience} environment, and a fleet needs one. Create another one first.");
        }

        var asItWas = await EnvironmentView.ReadAsync(edit.Database, environment, [], cancellationToken);
        foreach (var pin in await edit.Database.Pins.Where(pin => pin.Environment == name).ToListAsync(cancellationToken)) edit.Database.Remove(pin);
        edit.Database.Remove(environment);
        edit.Draft = edit.Draft.WithoutEnvironment(name);
        edit.Touch(EventType.Deleted, EnvironmentView.Kind, name);
        return new Edited(EnvironmentView.Kind, name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
    }

    /// <summary>A new rung starts with the pins of the rung above it, so that nothing climbs backwards; on top, with none.</summary>
    private static void InheritPins(FleetEdit edit, string name)
    {
        foreach (var (promise, revision) in Ladder.PinsOfNewRung(edit.Draft, name))
            edit.Draft = edit.Draft.WithPin(name, promise, revision);
    }
}
