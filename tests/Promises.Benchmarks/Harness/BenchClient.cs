using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Promises.Benchmarks.Harness;

/// <summary>Somebody with a token who writes to a server.</summary>
internal sealed class BenchClient : IDisposable
{
    /// <summary>A request holds 4 MiB.</summary>
    private const int StreamBytes = 3_500_000;

    private readonly HttpClient _http;

    public BenchClient(Uri address, string token)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task SendAsync(string method, string path, JsonNode body) => SendAsync(method, path, body.ToJsonString());

    public async Task SendAsync(string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await _http.SendAsync(request);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path}: {await response.Content.ReadAsStringAsync()}");
    }

    public async Task<bool> IsReadyAsync()
    {
        using var response = await _http.GetAsync("/readyz");
        return response.IsSuccessStatusCode;
    }

    /// <summary>Applies documents, in as few streams as they fit in.</summary>
    public async Task ApplyAsync(IEnumerable<JsonObject> documents)
    {
        var stream = new StringBuilder("[");
        foreach (var document in documents)
        {
            var text = document.ToJsonString();
            if (stream.Length + text.Length > StreamBytes) await FlushAsync();
            if (stream.Length > 1) stream.Append(',');
            stream.Append(text);
        }

        if (stream.Length > 1) await FlushAsync();

        async Task FlushAsync()
        {
            await SendAsync("POST", "/apply", stream.Append(']').ToString());
            stream.Clear().Append('[');
        }
    }

    public void Dispose() => _http.Dispose();
}
