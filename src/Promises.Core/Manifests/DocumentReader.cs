using System.Text;
using Promises.Model;

namespace Promises.Manifests;

/// <summary>Turns a client's bytes into documents, within <see cref="DocumentLimits"/>, and reads scalars as Kubernetes' own tools do.</summary>
public static class DocumentReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads a YAML stream, leaving out empty documents, or one JSON value. Not parseable is <see cref="Failure.Malformed"/>, with line and
    /// column; parsed but forbidden is <see cref="Failure.Invalid"/> of <c>Document</c>; too many bytes is <see cref="Failure.TooLarge"/>.
    /// Errors name their document in YAML only.
    /// </summary>
    public static Outcome<IReadOnlyList<SourceDocument>> Read(ReadOnlyMemory<byte> bytes, DocumentFormat format) =>
        ReadStream(bytes, format).Then(stream => stream.Errors.Count == 0 ? Success(stream.Documents) : new Failure.Invalid("Document", stream.Errors));

    /// <summary>As <see cref="Read"/>, for those who answer for each document: what is forbidden stands beside what could be read.</summary>
    public static Outcome<DocumentStream> ReadStream(ReadOnlyMemory<byte> bytes, DocumentFormat format)
    {
        if (bytes.Length > Limits.RequestBytes) return new Failure.TooLarge($"The content has {bytes.Length} bytes; at most {Limits.RequestBytes} are taken.");

        var span = bytes.Span;
        if (span.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];

        string text;
        try
        {
            text = Utf8.GetString(bytes.Span);
        }
        catch (DecoderFallbackException exception)
        {
            return new Failure.Malformed($"The content is not UTF-8: byte {exception.Index + 1} cannot be read.");
        }

        return format == DocumentFormat.Json ? JsonDocumentReader.Read(bytes.Span) : YamlDocumentReader.Read(text);
    }

    // T must be a type parameter for the conversion to apply: there is none from an interface.
    private static Outcome<T> Success<T>(T value) => value;
}
