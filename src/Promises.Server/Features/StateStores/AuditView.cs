using System.Text.Json.Nodes;
using Promises.Server.Http;

namespace Promises.Server.Features.StateStores;

/// <summary>One page of an audit as clients see it.</summary>
internal static class AuditView
{
    public static JsonObject Of(HttpRequest request, Page page, AuditStore.Result audit)
    {
        var list = Paging.List(
            request, page, StoreAudit.Kind, audit.Version, [.. audit.Files.Take(page.Limit + 1)], file => AuditStore.Key(audit.Head, file.Path), File);
        list["head"] = audit.Head;
        list["counts"] = new JsonObject(audit.Counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value)));
        return list;
    }

    private static JsonNode File(AuditedFile file) => new JsonObject
    {
        ["path"] = file.Path,
        ["cluster"] = file.Cluster,
        ["placement"] = file.Placement,
        ["state"] = file.State,
    };
}
