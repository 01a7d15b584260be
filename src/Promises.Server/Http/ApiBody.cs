using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Promises.Manifests;
using Promises.Model;

namespace Promises.Server.Http;

/// <summary>Reads the body of a request, once, whole and within its limit.</summary>
internal static class ApiBody
{
    private static readonly Failure.TooLarge TooLarge =
        new($"A request may hold {Limits.RequestBytes / 1024 / 1024} MiB. Split the stream into several requests.");

    /// <summary>A request without body, such as a DELETE: what its impact token is bound to.</summary>
    public static byte[] NoBody { get; } = SHA256.HashData([]);

    /// <summary>A stream of documents: YAML, or JSON as one value.</summary>
    public static async Task<Outcome<RequestBody>> ReadAsync(HttpContext context) => (await ReadStreamAsync(context)).Then<RequestBody>(body =>
        body.Stream.Errors.Count == 0 ? new RequestBody(body.Stream.Documents, body.Hash) : new Failure.Invalid("Document", body.Stream.Errors));

    /// <summary>A stream of documents for those who answer for each, also where some cannot be taken as they are.</summary>
    public static async Task<Outcome<RequestStream>> ReadStreamAsync(HttpContext context)
    {
        var format = FormatOf(context.Request);
        if (!format.Succeeded) return format.Failure!;

        var bytes = await BytesAsync(context.Request, context.RequestAborted);
        return bytes.Then<RequestStream>(body => DocumentReader.ReadStream(body, format.Value)
            .Then<RequestStream>(stream => new RequestStream(stream, SHA256.HashData(body))));
    }

    /// <summary>Exactly one document.</summary>
    /// <param name="kind">What the route takes, for the problem document.</param>
    public static async Task<Outcome<RequestDocument>> ReadOneAsync(HttpContext context, string kind)
    {
        var body = await ReadAsync(context);
        if (body.Failure is Failure.Invalid invalid)
            return new Failure.Invalid(kind, [.. invalid.Errors.Select(error => error with { Document = null })]);

        return body.Then(read => One(read, kind));
    }

    private static Outcome<RequestDocument> One(RequestBody body, string kind)
    {
        var count = body.Documents is [{ Content: JsonArray array }] ? array.Count : body.Documents.Count;
        return (body.Documents.Count, count) switch
        {
            (0, _) => new Failure.Malformed("The body holds no document."),
            (1, <= 1) => new RequestDocument(body.Documents[0].Content, body.Hash),
            _ => new Failure.Invalid(kind, [new FieldError("", $"{count} documents", Rules.SeveralDocuments, "Send one document, or send the stream to /apply.")]),
        };
    }

    private static Outcome<DocumentFormat> FormatOf(HttpRequest request)
    {
        var patch = HttpMethods.IsPatch(request.Method);
        if (request.Headers.ContentEncoding.Any(encoding => !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)))
            return new UnsupportedMediaType("Send the body without Content-Encoding.", patch);

        if (request.Headers.ContentType.Count == 0)
            return request.ContentLength is null or 0 ? DocumentFormat.Json : new UnsupportedMediaType("Name the media type of the body in Content-Type.", patch);

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return new UnsupportedMediaType("Content-Type is not a media type.", patch);

        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
            return new UnsupportedMediaType("Send the body as UTF-8.", patch);

        var known = (patch ? MediaTypes.Patch : MediaTypes.Documents)
            .FirstOrDefault(known => type.MediaType.Equals(known, StringComparison.OrdinalIgnoreCase));
        return known switch
        {
            null => new UnsupportedMediaType(patch ? "A PATCH is a merge patch (RFC 7396) in JSON." : "Documents come as JSON or YAML.", patch),
            MediaTypes.Json or MediaTypes.MergePatch => DocumentFormat.Json,
            _ => DocumentFormat.Yaml,
        };
    }

    private static async Task<Outcome<byte[]>> BytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > Limits.RequestBytes) return TooLarge;

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            var fits = buffer.Length + read.Buffer.Length <= Limits.RequestBytes;
            foreach (var part in fits ? read.Buffer : default) buffer.Write(part.Span);
            // Also of what is not taken: the connection is closed under whoever leaves a read open.
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (!fits) return TooLarge;
            if (read.IsCompleted) break;
        }

        if (buffer.Length == 0) return new Failure.Malformed("The body is empty.");
        return buffer.ToArray();
    }
}
