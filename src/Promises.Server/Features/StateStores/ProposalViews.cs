using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.StateStores;

/// <summary>The branches of a store that wait to be merged.</summary>
internal static class ProposalViews
{
    public static async Task<JsonArray> ReadAsync(PromisesDb database, StateStore store, CancellationToken cancellationToken)
    {
        if (!store.IsByProposal) return [];
        var open = await database.Proposals.AsNoTracking().Where(proposal => proposal.StateStore == store.Name && proposal.Phase == ProposalPhase.Open)
            .OrderBy(proposal => proposal.Environment).ToListAsync(cancellationToken);
        return [.. open.Select(proposal => new JsonObject
        {
            ["environment"] = proposal.Environment,
            ["branch"] = proposal.Branch,
            ["commit"] = proposal.Head,
            ["base"] = proposal.Base,
        })];
    }
}
