using System.Diagnostics.Metrics;
using Promises.Model;

namespace Promises.Server.Features.Fleet;

/// <summary>What is removed has to be confirmed, by the token of a plan that showed exactly these removals.</summary>
internal sealed class RemovalConfirmation(ImpactTokenKey key, TimeProvider clock)
{
    private static readonly Counter<long> s_held = Telemetry.Meter.CreateCounter<long>(
        "promises_removal_held_total", description: "Writes that waited for their removals to be confirmed.");

    /// <summary>For a plan that is shown; null if it removes nothing.</summary>
    public async Task<string?> TokenAsync(WriteRequest request, FleetPlan plan, CancellationToken cancellationToken) =>
        plan.Impact.Removals.Count == 0 ? null : (await TokensAsync(cancellationToken)).Issue(request, plan.Impact.RemovalsDigest).Token;

    /// <summary>Null if nothing is removed, or the request confirms it.</summary>
    public async Task<Failure?> RefusalAsync(WriteRequest request, FleetPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Impact.Removals.Count == 0) return null;

        var tokens = await TokensAsync(cancellationToken);
        var verdict = request.ImpactToken is null
            ? ImpactTokenVerdict.NotValid
            : tokens.Check(request.ImpactToken, request, plan.Impact.RemovalsDigest);
        if (verdict == ImpactTokenVerdict.Confirmed) return null;

        s_held.Add(1);
        var (token, expiresAt) = tokens.Issue(request, plan.Impact.RemovalsDigest);
        return new ImpactUnconfirmed(verdict == ImpactTokenVerdict.OtherRemovals, plan.Impact.ToJson(), token, expiresAt);
    }

    private async Task<ImpactTokens> TokensAsync(CancellationToken cancellationToken) => new(await key.ReadAsync(cancellationToken), clock);
}
