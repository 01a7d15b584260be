using Promises.Model;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>What the snapshot keeps of each entity.</summary>
internal static class FleetStates
{
    public static EnvironmentState Of(Model.Environment environment) => new(environment.Name, environment.Position, environment.Audience);

    public static StoreState Of(StateStore store) => new(store.Name, store.Layout, store.Url, store.Branch, store.BasePath);

    public static PlacementState Of(Placement placement) => new(
        placement.Promise, placement.Cluster, placement.Revision, placement.Outcome, placement.Delivers, placement.Reason, placement.Message,
        placement.IncludedBy, placement.DependsOn);
}
