using System.Text.Json.Nodes;
using Promises.Manifests;

namespace Promises.Server.Http;

/// <summary>The documents of a request.</summary>
/// <param name="Hash">SHA-256 of the body, byte for byte as it came: what an impact token is bound to.</param>
internal sealed record RequestBody(IReadOnlyList<SourceDocument> Documents, byte[] Hash);

/// <summary>The documents of a stream, with the mistakes that show before anybody knows what a document is.</summary>
/// <param name="Hash">SHA-256 of the body, byte for byte as it came.</param>
internal sealed record RequestStream(DocumentStream Stream, byte[] Hash);

/// <summary>The one document of a request to a typed route.</summary>
/// <param name="Hash">SHA-256 of the body, byte for byte as it came.</param>
internal sealed record RequestDocument(JsonNode Content, byte[] Hash);
