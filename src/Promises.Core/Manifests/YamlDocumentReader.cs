using System.Globalization;
using Promises.Model;
using YamlDotNet.Core;

namespace Promises.Manifests;

/// <summary>
/// Reads a YAML stream event by event, so that budgets hold before anything is built. Nothing here recurses: depth is the client's choice.
/// </summary>
internal static class YamlDocumentReader
{
    // Half of private use: stands in for control characters while the place of the mistake is looked for.
    private const char FirstStandIn = '\uE000';
    private const char LastStandIn = '\uF8FF';

    public static Outcome<DocumentStream> Read(string text)
    {
        var control = ControlCharacters.IndexIn(text);
        return control < 0 ? Parse(text, new YamlStream()) : Locate(text, control);
    }

    private static Outcome<DocumentStream> Parse(string text, YamlStream stream)
    {
        try
        {
            using var input = new StringReader(text);
            var scanner = new Scanner(input, skipComments: true);
            var parser = new Parser(scanner);
            while (!stream.Errors.Fatal && Next(parser, scanner)) stream.Take(parser.Current!);
        }
        catch (YamlException exception)
        {
            var reason = exception.InnerException?.Message ?? exception.Message;
            return new Failure.Malformed(string.Create(
                CultureInfo.InvariantCulture, $"The content is not YAML: line {exception.Start.Line}, column {exception.Start.Column}: {reason}"));
        }

        return stream.Errors.With(stream.Documents);
    }

    private static bool Next(Parser parser, Scanner scanner)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception exception) when (exception is not YamlException)
        {
            // The library meets some broken texts, such as an unclosed list before a key, with exceptions meant for its own bugs.
            var position = scanner.CurrentPosition;
            throw new SyntaxErrorException(position, position, "This cannot be read here.");
        }
    }

    /// <summary>
    /// A parser may stop at a control character, or take a NUL for the end. So they are replaced by a character that does not occur, and the
    /// scalars that hold it are the mistakes; if none does, it stands in a comment or between scalars.
    /// </summary>
    private static Outcome<DocumentStream> Locate(string text, int control)
    {
        var standIn = FirstStandIn;
        while (standIn < LastStandIn && text.Contains(standIn)) standIn++;

        var stream = new YamlStream { StandIn = (standIn, ControlCharacters.Name(text[control])) };
        var replaced = string.Create(text.Length, (text, standIn), static (span, source) =>
        {
            source.text.CopyTo(span);
            for (int at = 0, found; (found = ControlCharacters.IndexIn(span[at..])) >= 0; at += found + 1) span[at + found] = source.standIn;
        });

        _ = Parse(replaced, stream);
        if (stream.Errors.Has(Rules.ControlCharacter)) return stream.Errors.With(stream.Documents);

        var line = text.AsSpan(0, control).Count('\n') + 1;
        var column = control - text.LastIndexOf('\n', Math.Max(control - 1, 0));
        stream.Errors.Add("", ControlCharacters.Name(text[control]), Rules.ControlCharacter, $"Remove the control character in line {line}, column {column}.");
        return stream.Errors.With(stream.Documents);
    }
}
