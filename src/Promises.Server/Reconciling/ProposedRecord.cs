using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>What is to be recorded of the proposals of a store, once it is known how their branches are.</summary>
/// <param name="Environments">Those of which there is news.</param>
/// <param name="Waiting">The branches that wait to be merged.</param>
/// <param name="Resting">The branches of environments of which nothing waits and nothing can be merged any more.</param>
/// <param name="Reflected">The fleet version that the store's own branch reflects.</param>
/// <param name="IsFailing">One of the proposals could not be pushed, so the store is not well whatever became of the others.</param>
internal sealed record ProposedRecord(IReadOnlyList<ProposedEnvironment> Environments, IReadOnlyList<string> Waiting, IReadOnlyList<string> Resting, long Reflected, bool IsFailing);

/// <param name="Phase">That it is in now.</param>
/// <param name="Version">Of the fleet that it was made from.</param>
/// <param name="Clusters">All of the environment.</param>
/// <param name="Placements">That it holds, with the digest of what it holds of them.</param>
internal sealed record ProposedEnvironment(
    string Environment, ProposalPhase Phase, string Head, string? Base, long Version, IReadOnlyList<string> Clusters, IReadOnlyList<PlacementRecord> Placements);
