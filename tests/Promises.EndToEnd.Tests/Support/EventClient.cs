using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>One event as it came.</summary>
/// <param name="Data">Of a reset, its reason.</param>
internal sealed record SentEvent(string? Id, string Event, JsonNode Data)
{
    public string Kind => (string)Data["object"]!["kind"]!;

    public string Name => (string)Data["object"]!["metadata"]!["name"]!;

    public override string ToString() => $"{Event} {Data.ToJsonString()}";
}

/// <summary>A stream of events, read as a browser reads it.</summary>
internal sealed class EventClient : IAsyncDisposable
{
    /// <summary>A long transaction of another test, in the same PostgreSQL, holds back the events of all.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly CancellationTokenSource _leaving = new();
    private readonly ConcurrentQueue<SentEvent> _events = [];
    private readonly ConcurrentQueue<string> _comments = [];
    private readonly HttpResponseMessage _response;
    private readonly Task _reading;
    private bool _left;

    private EventClient(HttpResponseMessage response)
    {
        _response = response;
        _reading = ReadAsync();
    }

    /// <summary>What a browser would send as Last-Event-ID.</summary>
    public string? LastId { get; private set; }

    public IReadOnlyList<SentEvent> Events => [.. _events];

    public IReadOnlyList<string> Comments => [.. _comments];

    /// <summary>Ends when the stream does.</summary>
    public Task Ended => _reading;

    public static async Task<EventClient> OpenAsync(Uri address, string token, string query = "", string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, $"/events{query}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (lastId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var client = new EventClient(response);
        await Wait.UntilAsync(() => Task.FromResult(client.LastId is not null || client.Ended.IsCompleted), Patience);
        return client;
    }

    /// <summary>Waits for the first event for which it holds.</summary>
    public async Task<SentEvent> UntilAsync(Func<SentEvent, bool> holds, TimeSpan? patience = null)
    {
        SentEvent? found = null;
        try
        {
            await Wait.UntilAsync(() => Task.FromResult((found = _events.FirstOrDefault(holds)) is not null), patience ?? Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"No such event among:\n{string.Join('\n', _events)}", e);
        }

        return found!;
    }

    public Task<SentEvent> UntilAsync(string kind, string name, string? word = null) =>
        UntilAsync(sent => sent.Event != "reset" && sent.Kind == kind && sent.Name == name && (word is null || sent.Event == word));

    public async ValueTask DisposeAsync()
    {
        if (_left) return;
        _left = true;
        await _leaving.CancelAsync();
        _response.Dispose();
        await _reading;
        _leaving.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            using var reader = new StreamReader(await _response.Content.ReadAsStreamAsync(_leaving.Token));
            var (id, word, data) = ((string?)null, "message", "");
            while (await reader.ReadLineAsync(_leaving.Token) is { } line)
            {
                if (line.Length == 0)
                {
                    if (data.Length > 0) _events.Enqueue(new SentEvent(id, word, JsonNode.Parse(data)!));
                    // After the event is seen: who resumes from it must have it.
                    LastId = id ?? LastId;
                    (id, word, data) = (null, "message", "");
                }
                else if (line.StartsWith(':')) _comments.Enqueue(line[1..].Trim());
                else if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
                else if (line.StartsWith("event: ", StringComparison.Ordinal)) word = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal)) data += line[6..];
                else line.ShouldStartWith("retry: ");
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // The stream was cut, by us or by the server.
        }
    }
}
