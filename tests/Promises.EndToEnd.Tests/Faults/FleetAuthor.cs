using System.Globalization;
using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>Somebody who writes to the fleet, one request at a time, through a server that may die before it answers.</summary>
/// <param name="server">Null while none is there.</param>
/// <param name="name">Of their token, which nobody else has; null where no server dies.</param>
internal sealed class FleetAuthor(Func<ApiClient?> server, string? name = null)
{
    private long _last;

    public ApiClient Server => server() ?? throw new InvalidOperationException("No server is there.");

    public static FleetAuthor At(ApiClient server) => new(() => server);

    /// <summary>An author with a token of their own.</summary>
    public static async Task<FleetAuthor> AdmitAsync(ApiClient admin, Func<ApiClient?> server)
    {
        var name = Tokens.NewName();
        var token = (string?)(await admin.PostAsync("/tokens", Tokens.Document(name, "admin"))).ShouldBe(201).Json["status"]!["token"];
        return new FleetAuthor(() => server()?.With(token), name);
    }

    /// <summary>A write, sent again for as long as the answer is lost.</summary>
    /// <param name="isShown">What it removes is asked for before, and not only when it is refused.</param>
    /// <returns>The answer, and all changes that it has made: one whose answer was lost may be there as well.</returns>
    public async Task<(Reply Reply, IReadOnlyList<long> Changes)> WriteAsync(FleetWrite write, bool isShown)
    {
        for (var isLost = false; ; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            if (server() is not { } api) continue;
            try
            {
                var reply = await SendAsync(api, write, isShown);
                var change = reply.Status is 200 or 201 && reply.Header("Promises-Change") is { } number ? long.Parse(number, CultureInfo.InvariantCulture) : (long?)null;
                // Its successor had to wait for the end of whatever was begun, so all that there will be is listed.
                var changes = isLost ? await ChangesAsync(api) : change is { } only ? [only] : [];
                _last = Math.Max(_last, changes.Concat([_last]).Max());
                return (reply, changes);
            }
            catch (HttpRequestException) when (name is not null)
            {
                isLost = true;
            }
        }
    }

    private static async Task<Reply> SendAsync(ApiClient api, FleetWrite write, bool isShown)
    {
        var (path, body) = (write.Path, write.Body?.ToJsonString());
        var plan = isShown ? await api.SendAsync(write.Method, $"{path}{(path.Contains('?') ? '&' : '?')}dryRun=true", body) : null;
        var shown = plan is { Status: 200 } ? (string?)plan.Json["impactToken"] : null;
        var reply = await api.SendAsync(write.Method, path, body, headers: shown is null ? [] : [("Impact-Token", shown)]);
        for (var attempt = 0; attempt < 5 && reply.Status == 409 && reply.Json["impactToken"] is { } token; attempt++)
            reply = await api.SendAsync(write.Method, path, body, headers: ("Impact-Token", (string)token!));
        return reply;
    }

    /// <summary>Of theirs, since the last that they know of.</summary>
    private async Task<IReadOnlyList<long>> ChangesAsync(ApiClient api) =>
    [
        .. (await api.GetAsync("/changes?limit=200")).ShouldBe(200).Json["items"]!.AsArray().Where(change => (string?)change!["spec"]!["by"] == name)
            .Select(change => long.Parse((string)change!["metadata"]!["name"]!, CultureInfo.InvariantCulture)).Where(number => number > _last),
    ];
}
