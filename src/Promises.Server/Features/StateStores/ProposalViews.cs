using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.StateStores;

/// <summary>The branches of stores that wait to be merged.</summary>
internal static class ProposalViews
{
    /// <summary>By store, empty for one that proposes nothing. In one query, however many stores.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonArray>> ReadAsync(PromisesDb database, IReadOnlyCollection<StateStore> stores, CancellationToken cancellationToken)
    {
        var names = stores.Where(store => store.IsByProposal).Select(store => store.Name).ToArray();
        var open = names.Length == 0 ? [] : await database.Proposals.AsNoTracking()
            .Where(proposal => names.Contains(proposal.StateStore) && proposal.Phase == ProposalPhase.Open).OrderBy(proposal => proposal.Environment).ToListAsync(cancellationToken);
        var byStore = open.ToLookup(proposal => proposal.StateStore, StringComparer.Ordinal);
        return stores.ToDictionary(store => store.Name, store => new JsonArray([.. byStore[store.Name].Select(View)]), StringComparer.Ordinal);
    }

    private static JsonNode View(Proposal proposal) => new JsonObject
    {
        ["environment"] = proposal.Environment,
        ["branch"] = proposal.Branch,
        ["commit"] = proposal.Head,
        ["base"] = proposal.Base,
    };
}
