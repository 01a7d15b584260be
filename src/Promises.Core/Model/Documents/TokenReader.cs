using System.Globalization;
using System.Text.RegularExpressions;

namespace Promises.Model.Documents;

internal static partial class TokenReader
{
    private static readonly (string, Role)[] RoleWords = [("viewer", Role.Viewer), ("operator", Role.Operator), ("admin", Role.Admin)];

    public static TokenDocument Read(FieldReader document)
    {
        var meta = MetaReader.Read(document, Kinds.Token);
        var spec = document.ObjectOrEmpty("spec");
        var read = new TokenSpec(spec.Word("role", RoleWords, required: true) ?? Role.Viewer, Time(spec, "expiresAt"));
        spec.Done();
        return new(meta, read, document.Findings.Warnings);
    }

    private static DateTimeOffset? Time(FieldReader spec, string field)
    {
        if (spec.String(field) is not { } text) return null;
        if (Rfc3339().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time.ToUniversalTime();
        spec.Error(field, Rules.WrongType, "Give an RFC 3339 time, such as 2030-01-31T12:00:00Z.");
        return null;
    }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();
}
