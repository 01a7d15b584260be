using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>Speaks to a server as a stranger would: HTTP, JSON, a token.</summary>
internal sealed class ApiClient(Uri address, string? token)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public ApiClient With(string? otherToken) => new(address, otherToken);

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers: headers);

    public Task<Reply> PostAsync(string path, JsonNode body, params (string Name, string Value)[] headers) => SendAsync("POST", path, body.ToJsonString(), headers: headers);

    public Task<Reply> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync("DELETE", path, null, headers: headers);

    public async Task<Reply> SendAsync(
        string method, string path, string? body, string? contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, path));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Reply((int)response.StatusCode, all, text);
    }
}

internal sealed record Reply(int Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string? Code => (string?)Json["code"];

    /// <summary>Every refusal has this form.</summary>
    public Reply ShouldBeProblem(int status, string code)
    {
        Status.ShouldBe(status, Text);
        Header("Content-Type").ShouldBe("application/problem+json");
        Json["type"]!.ToString().ShouldBe($"urn:promises:problem:{code}");
        Code.ShouldBe(code);
        ((int?)Json["status"]).ShouldBe(status);
        foreach (var member in (string[])["title", "detail", "instance", "traceId"]) Json[member]!.ToString().ShouldNotBeNullOrEmpty(member);
        return this;
    }
}
