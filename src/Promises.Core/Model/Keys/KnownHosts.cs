using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace Promises.Model.Keys;

/// <summary>The lines of a <c>known_hosts</c> file: which key a host must have.</summary>
public static class KnownHosts
{
    private const string Scan = "ssh-keyscan HOST (with -p PORT if it is not 22) prints such lines; compare the keys with what the host publishes.";

    /// <param name="hosts">As ssh wants it in a file, whatever became of line ends on the way here.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? hosts, [NotNullWhen(false)] out string? remedy)
    {
        (hosts, remedy) = (null, null);
        var lines = text.Split('\n').Select(line => line.Trim()).ToList();
        var keys = lines.Select((line, i) => (Line: line, Number: i + 1)).Where(one => one.Line.Length > 0 && one.Line[0] != '#').ToList();
        remedy = keys.Select(one => Problem(one.Line) is { } problem ? $"Line {one.Number} {problem}. {Scan}" : null).FirstOrDefault(problem => problem is not null)
            ?? (keys.Count == 0 ? $"Give the host's key, as in a known_hosts file. {Scan}" : null);
        if (remedy is null) hosts = string.Join('\n', lines).Trim('\n') + "\n";
        return hosts is not null;
    }

    /// <summary>Whether a key is there for a host, written as ssh looks it up: <c>host</c>, or <c>[host]:port</c> for a port other than 22.</summary>
    public static bool Names(string hosts, string name) => hosts.Split('\n').Where(line => line.Length > 0 && line[0] != '#')
        .Select(Fields).Any(fields => fields is ["@revoked", ..] ? false : Matches(fields[fields[0] == "@cert-authority" ? 1 : 0], name));

    private static string? Problem(string line)
    {
        var fields = Fields(line);
        if (fields[0] is "@cert-authority" or "@revoked") fields = fields[1..];
        else if (fields[0].StartsWith('@')) return "begins with a marker that ssh does not know";
        if (fields.Length > 0 && SshPublicKey.IsType(fields[0])) return "has no host before the key";
        if (fields.Length < 3) return "is not of a known_hosts file: a host, the type of its key, the key";
        if (!SshPublicKey.IsType(fields[1])) return "has a type of key that ssh does not know";
        return SshPublicKey.IsKey(fields[1], fields[2]) ? null : "has a damaged key";
    }

    private static string[] Fields(string line) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static bool Matches(string patterns, string name)
    {
        if (patterns.StartsWith("|1|", StringComparison.Ordinal)) return IsHashOf(patterns.Split('|'), name);
        var matching = patterns.Split(',').Where(pattern => FileSystemName.MatchesSimpleExpression(Expression(pattern), name)).ToList();
        return matching.Count > 0 && !matching.Exists(pattern => pattern.StartsWith('!'));

        // To this matcher a backslash is an escape; no host has one.
        static string Expression(string pattern) => pattern.TrimStart('!').Replace("\\", "", StringComparison.Ordinal);
    }

    [SuppressMessage("Security", "CA5350:Do not use weak cryptographic algorithms", Justification = "The format is OpenSSH's; it hides names, it protects nothing of ours.")]
    private static bool IsHashOf(string[] parts, string name)
    {
        // | 1 | salt | hash
        Span<byte> salt = stackalloc byte[64], hash = stackalloc byte[64];
        return parts.Length == 4 && Convert.TryFromBase64String(parts[2], salt, out var salted) && Convert.TryFromBase64String(parts[3], hash, out var hashed)
            && HMACSHA1.HashData(salt[..salted], Encoding.ASCII.GetBytes(name)).AsSpan().SequenceEqual(hash[..hashed]);
    }
}
