using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Features.Applying;

/// <summary>Sends a stream, and reads the answer: a line for each thing that it says of a document.</summary>
internal static class ApplyReplies
{
    public static Task<Reply> ApplyAsync(this ApiClient client, string yaml, string path = "/apply") => client.SendAsync("POST", path, yaml, "application/yaml");

    public static List<string> Results(Reply reply) =>
        [.. reply.Json["results"]!.AsArray().Select(result => $"{result!["document"]} {result["kind"]} {result["name"]} {result["result"]}")];

    public static List<string> Errors(Reply reply) =>
        [.. reply.Json["errors"]!.AsArray().Select(error => $"{error!["document"]} {error["rule"]} {error["pointer"]}")];

    public static List<string> Warnings(Reply reply, int document) =>
        [.. reply.Json["results"]![document]!["warnings"]!.AsArray().Select(warning => $"{warning!["code"]} {warning["pointer"]}")];
}
