using System.Text.Json.Nodes;
using Promises.Server.Http;

namespace Promises.Server.Features.StateStores;

/// <summary>One page of an audit as clients see it.</summary>
internal static class AuditView
{
    public static JsonObject Of(HttpRequest request, Page page, AuditStore.Result audit)
    {
        var list = Paging.List(
            request, page, StoreAudit.Kind, audit.Version, [.. audit.Files.Take(page.Limit + 1)], file => $"{audit.Key}\n{file.Key}", File);
        // Of a store with a branch for each cluster there is not one, but as many as items have branches.
        list["head"] = audit.Heads.Count == 1 ? audit.Heads.Values.Single() : null;
        list["counts"] = new JsonObject(audit.Counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value)));
        return list;
    }

    private static JsonObject File(AuditedFile file)
    {
        var view = new JsonObject { ["path"] = file.Path, ["cluster"] = file.Cluster, ["placement"] = file.Placement, ["state"] = file.State };
        if (file.Branch is not null) view["branch"] = file.Branch;
        return view;
    }
}
