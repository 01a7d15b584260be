using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Manifests;

/// <summary>JSON with the rules that YAML is read by. <see cref="JsonNode.Parse(string, JsonNodeOptions?, JsonDocumentOptions)"/> takes duplicate keys and control characters.</summary>
internal static class JsonDocumentReader
{
    public const string NumberRemedy = "Use a number that fits a 64-bit float, in at most 256 characters, or write it as a string.";

    public static Outcome<DocumentStream> Read(ReadOnlySpan<byte> json)
    {
        var errors = new ReadErrors();
        var builder = new DocumentBuilder(errors);

        // The builder's own limit is far below; this one only has to be higher.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 2 * DocumentLimits.Depth });
        try
        {
            while (!errors.Fatal && reader.Read()) Take(ref reader, builder, errors);
        }
        catch (JsonException exception)
        {
            return new Failure.Malformed($"The content is not JSON: line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}: {Reason(exception)}");
        }

        if (builder.Root is { } root) return errors.With([new SourceDocument(0, root)]);
        if (!errors.Any) errors.Add("", "null", Rules.WrongType, "Send an object.");
        return errors.With([]);
    }

    private static void Take(ref Utf8JsonReader reader, DocumentBuilder builder, ReadErrors errors)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                builder.Begin(new JsonObject());
                break;
            case JsonTokenType.StartArray:
                builder.Begin(new JsonArray());
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                builder.End();
                break;
            case JsonTokenType.PropertyName:
                builder.Key(Text(ref reader));
                break;
            case JsonTokenType.String:
                builder.String(Text(ref reader));
                break;
            case JsonTokenType.Number:
                var number = Encoding.UTF8.GetString(reader.ValueSpan);
                if (!NumberText.IsReasonable(number))
                {
                    errors.Add(builder.Pointer(), null, Rules.Range, NumberRemedy);
                    number = "0";
                }

                builder.Scalar(NumberText.Node(NumberText.Canonical(number)), number.Length);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                builder.Scalar(JsonValue.Create(reader.GetBoolean()), 4);
                break;
            case JsonTokenType.Null:
                builder.Scalar(null, 4);
                break;
        }
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which no string can hold: what it says instead is refused as a control character.
            return "\0";
        }
    }

    private static string Reason(JsonException exception)
    {
        var position = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? exception.Message : exception.Message[..position];
    }
}
