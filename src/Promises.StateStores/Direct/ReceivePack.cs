using System.Net;

namespace Promises.StateStores;

/// <summary>Speaks with <c>git-receive-pack</c> of one repository over http. Anything but the answer that is meant is an exception.</summary>
internal sealed class ReceivePack(DirectHost host, HttpMessageInvoker connection, TransferLimits limits)
{
    private const string Service = "git-receive-pack";
    private const int AdvertisementLimit = 128 * 1024;
    private const int AnswerLimit = 1024 * 1024;
    private const int AnswerLimitPerBranch = 4 * 1024;

    /// <exception cref="InvalidDataException">What comes is none.</exception>
    public async Task<PushCapabilities> AskAsync()
    {
        using var request = Request(HttpMethod.Get, $"info/refs?service={Service}");
        request.Headers.Add("Pragma", "no-cache");
        return PushCapabilities.Read(await SendAsync(request, "advertisement", AdvertisementLimit, cut: true));
    }

    /// <exception cref="InvalidDataException">What comes is no answer.</exception>
    public async Task<PushAnswer> PushAsync(OnceContent content, PushCapabilities capabilities, IReadOnlySet<string> refs)
    {
        using var request = Request(HttpMethod.Post, Service);
        request.Content = content;
        request.Headers.Add("Accept", $"application/x-{Service}-result");
        return PushAnswer.Read(await SendAsync(request, "result", AnswerLimit + (refs.Count * AnswerLimitPerBranch), cut: false), capabilities, refs);
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(host.Root, path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        // Some hosts show a page for people to whoever is not git.
        request.Headers.Add("User-Agent", "git/2.0 (promises)");
        if (host.Authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", host.Authorization);
        return request;
    }

    /// <param name="cut">Whether the beginning is enough where there is more than the limit.</param>
    private async Task<ReadOnlyMemory<byte>> SendAsync(HttpRequestMessage request, string what, int limit, bool cut)
    {
        using var response = await connection.SendAsync(request, limits.Token);
        limits.Moved();
        if (response.StatusCode != HttpStatusCode.OK) throw new InvalidDataException($"The host answers {(int)response.StatusCode}.");
        if (response.Content.Headers.ContentType?.MediaType != $"application/x-{Service}-{what}")
            throw new InvalidDataException("The host answers something else than Git.");

        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        await using var stream = await response.Content.ReadAsStreamAsync(limits.Token);
        for (int read; (read = await stream.ReadAsync(buffer, limits.Token)) > 0 && body.Length <= limit;)
        {
            limits.Moved();
            body.Write(buffer, 0, read);
        }

        return cut || body.Length <= limit ? body.GetBuffer().AsMemory(0, (int)body.Length) : throw new InvalidDataException("The answer is too long.");
    }
}
