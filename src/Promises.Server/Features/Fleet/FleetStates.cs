using System.Linq.Expressions;
using Promises.Model;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>What the snapshot keeps of each entity.</summary>
internal static class FleetStates
{
    public static EnvironmentState Of(Model.Environment environment) => new(environment.Name, environment.Position, environment.Audience);

    public static StoreState Of(StateStore store) => new(store.Name, store.Layout, store.Url, store.Branch, store.BasePath);

    /// <summary>For the database: most rows are these, and most of their columns say how delivery stands.</summary>
    public static Expression<Func<Placement, PlacementState>> OfPlacement { get; } = placement => new PlacementState(
        placement.Promise, placement.Cluster, placement.Revision, placement.Outcome, placement.Delivers, placement.Reason, placement.Message,
        placement.IncludedBy, placement.DependsOn);
}
