using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Promises.Model.Documents;

/// <summary>URLs of repositories: which are allowed, and which mean the same repository.</summary>
public static partial class GitUrl
{
    private static readonly HashSet<string> MetadataHosts = new(StringComparer.OrdinalIgnoreCase) { "metadata", "metadata.google.internal", "metadata.goog", "instance-data" };

    /// <summary>
    /// Whether a URL may be used as it is written: https and ssh (also <c>git@host:path</c>); with <paramref name="allowLocal"/> http, loopback hosts and
    /// <c>file://</c> as well. What a host name resolves to is judged by <see cref="GitAddress"/> when it is resolved.
    /// </summary>
    public static bool IsAllowed(string url, bool allowLocal, [NotNullWhen(false)] out string? remedy)
    {
        remedy = Problem(url, allowLocal);
        return remedy is null;
    }

    /// <summary>Equal for URLs that mean one repository: the protocol, its user and its default port do not count, nor case of the host, <c>.git</c> or a slash at the end.</summary>
    public static string ComparisonKey(string url)
    {
        if (!TryTakeApart(url, out var parts)) return url;
        var path = string.Join('/', Uri.UnescapeDataString(parts.Path).Split('/', StringSplitOptions.RemoveEmptyEntries));
        while (path.EndsWith(".git", StringComparison.OrdinalIgnoreCase)) path = path[..^4].TrimEnd('/');
        if (parts.Scheme == "file") return $"file:/{path}";
        var port = parts.Port == DefaultPort(parts.Scheme) ? "" : $":{parts.Port}";
        return $"{CanonicalHost(parts.Host)}{port}/{path}";
    }

    /// <summary>The host and port that the URL makes us talk to; null for <c>file://</c>. Of a URL that <see cref="IsAllowed"/> accepted.</summary>
    public static (string Host, int Port)? Endpoint(string url) =>
        TryTakeApart(url, out var parts) && parts.Scheme != "file" ? (parts.Host.Trim('[', ']'), parts.Port) : null;

    /// <summary>The user that stands in an ssh URL; null where none does.</summary>
    public static string? SshUser(string url) => TryTakeApart(url, out var parts) && parts.Scheme == "ssh" ? parts.User : null;

    /// <summary>Also of the form <c>git@host:path</c>.</summary>
    public static bool IsSsh(string url) => TryTakeApart(url, out var parts) && parts.Scheme == "ssh";

    /// <summary>The URL without what may be a secret in it: user information, query and fragment.</summary>
    public static string Redacted(string url)
    {
        var end = url.AsSpan().IndexOfAny('?', '#');
        var text = end < 0 ? url : url[..end];
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        if (at < 0) return text;
        return scheme >= 0 && at > scheme ? $"{text[..(scheme + 3)]}***{text[at..]}" : $"***{text[at..]}";
    }

    private static string? Problem(string url, bool allowLocal)
    {
        // ext::command runs the command; only an IPv6 address has two colons in a row.
        if (url.StartsWith('-') || (url.Contains("::", StringComparison.Ordinal) && !url.Contains('[', StringComparison.Ordinal)))
            return "Give an https or ssh URL; helpers and options are refused.";
        if (url.Any(c => c is <= ' ' or >= '\x7f' or '\\' or '"' or '<' or '>' or '`')) return "Use printable ASCII without spaces, quotes and backslashes.";
        if (url.AsSpan().IndexOfAny('?', '#') >= 0) return "Leave out the query and the fragment.";
        if (!TryTakeApart(url, out var parts))
            return "Give an https or ssh URL, such as https://git.example.com/team/fleet.git or git@git.example.com:team/fleet.git.";
        return parts.Scheme switch
        {
            "file" when !allowLocal => "file:// works only where local stores are allowed (PROMISES_Git__AllowLocal=true); give an https URL.",
            "http" when !allowLocal => "http works only where local stores are allowed (PROMISES_Git__AllowLocal=true); use https.",
            "file" => parts.Host is "" or "localhost" ? PathProblem(parts) : "Give file:// an absolute path and no host, such as file:///srv/fleet.git.",
            _ => UserProblem(parts) ?? HostProblem(parts, allowLocal) ?? PathProblem(parts),
        };
    }

    private static string? UserProblem(Parts parts) => parts switch
    {
        { User: null } => null,
        { Scheme: "ssh" } when User().IsMatch(parts.User) => null,
        { Scheme: "ssh" } => "Use a plain user name, such as git, and no password.",
        _ => "Leave user name and password out of the URL; store them as a Credential and name it in credentialsRef.",
    };

    private static string? HostProblem(Parts parts, bool allowLocal)
    {
        var host = parts.Host.TrimEnd('.');
        if (parts.Port is < 1 or > 65535) return "Use a port from 1 to 65535.";
        var use = AddressUse.Allowed;
        if (IPAddress.TryParse(host, out var address)) use = GitAddress.Judge(address);
        // A last label of digits would be read as an address by some resolvers and not by others.
        else if (!Host().IsMatch(host) || NumericEnd().IsMatch(host)) return "Give the name of a host, or its address.";
        else if (MetadataHosts.Contains(host)) use = AddressUse.Never;
        else if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)) use = AddressUse.LocalOnly;
        return use switch
        {
            AddressUse.Never => "Link-local, metadata, multicast and unspecified addresses are refused; give the host of a repository.",
            AddressUse.LocalOnly when !allowLocal => "Loopback hosts work only where local stores are allowed (PROMISES_Git__AllowLocal=true).",
            _ => null,
        };
    }

    private static string? PathProblem(Parts parts)
    {
        if (BrokenEscape().IsMatch(parts.Path)) return "Write the path of the repository with valid percent-encoding.";
        var path = Uri.UnescapeDataString(parts.Path);
        if (parts.Scheme == "file" && path != parts.Path) return "Write the path of a file:// URL without percent-encoding.";
        if (path.Any(c => char.IsControl(c) || c is '\\')) return "Take control characters and backslashes out of the path.";
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length == 0) return "Name the repository in the path.";
        if (segments.Any(s => s is "." or "..")) return "Leave out the segments '.' and '..'.";
        return segments[0][0] == '-' ? "The path may not begin with -." : null;
    }

    private static bool TryTakeApart(string url, out Parts parts)
    {
        var match = Standard().Match(url);
        if (!match.Success) match = Scp().Match(url);
        parts = default;
        if (!match.Success) return false;

        var scheme = match.Groups["scheme"] is { Success: true } named ? named.Value.ToLowerInvariant() : "ssh";
        if (scheme is "git+ssh" or "ssh+git") return false;
        var port = DefaultPort(scheme);
        if (match.Groups["port"] is { Success: true } text && !int.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out port)) return false;
        parts = new(scheme, match.Groups["user"] is { Success: true } user ? user.Value : null, match.Groups["host"].Value, port, match.Groups["path"].Value);
        return true;
    }

    private static string CanonicalHost(string host) =>
        IPAddress.TryParse(host.TrimEnd('.'), out var address)
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            : host.TrimEnd('.').ToLowerInvariant();

    private static int DefaultPort(string scheme) => scheme switch { "https" => 443, "http" => 80, "ssh" => 22, _ => 0 };

    private readonly record struct Parts(string Scheme, string? User, string Host, int Port, string Path);

    // The user part is greedy: everything before the last @ of the authority is user information, as curl reads it.
    [GeneratedRegex(
        @"\A(?<scheme>https|http|ssh|file)://((?<user>[^/]*)@)?(?<host>\[[0-9A-Fa-f:.]+\]|[^/:\[\]@]*)(:(?<port>[0-9]{1,5}))?(?<path>/.*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Standard();

    [GeneratedRegex(@"\A(?<user>[^/:@]+)@(?<host>\[[0-9A-Fa-f:.]+\]|[^/:\[\]@]+):(?<path>[^:].*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Scp();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex User();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();

    [GeneratedRegex(@"%(?![0-9A-Fa-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex BrokenEscape();

    [GeneratedRegex(@"(\A|\.)(0[xX][0-9A-Fa-f]*|[0-9]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumericEnd();
}
