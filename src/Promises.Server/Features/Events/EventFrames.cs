using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Events;

/// <summary>The text of a stream (text/event-stream), as bytes.</summary>
internal static class EventFrames
{
    public const string MediaType = "text/event-stream";

    /// <summary>A comment, which clients pass over, with the place reached: whoever comes back with it misses nothing, though no event was for them.</summary>
    public static void Comment(IBufferWriter<byte> to, string text, string? id)
    {
        Write(to, $": {text}\n");
        if (id is not null) Write(to, $"id: {id}\n");
        Write(to, "\n");
    }

    /// <summary>How long a client waits before it comes back.</summary>
    public static void Retry(IBufferWriter<byte> to, TimeSpan pause) => Write(to, $"retry: {(int)pause.TotalMilliseconds}\n");

    /// <summary>What the client knows may be out of date: it reads the lists anew, and goes on from here.</summary>
    public static void Reset(IBufferWriter<byte> to, string id, string reason) =>
        Write(to, $"id: {id}\nevent: reset\ndata: {new JsonObject { ["reason"] = reason }.ToJsonString(ApiJson.Options)}\n\n");

    /// <param name="json">The object; null for one that is gone, of which its kind and name are said.</param>
    public static void Event(IBufferWriter<byte> to, string id, EventType type, string kind, string name, byte[]? json, string? detail)
    {
        var word = type.ToString().ToUpperInvariant();
        Write(to, $"id: {id}\nevent: {word}\ndata: {{\"type\":\"{word}\",\"object\":");
        if (json is not null) to.Write(json);
        else Write(to, ApiResults.Object(kind, ("metadata", new JsonObject { ["name"] = name })).ToJsonString(ApiJson.Options));
        if (detail is not null) Write(to, $",\"detail\":{JsonValue.Create(detail).ToJsonString(ApiJson.Options)}");
        Write(to, "}\n\n");
    }

    private static void Write(IBufferWriter<byte> to, string text) => Encoding.UTF8.GetBytes(text, to);
}
