using System.Text;
using System.Text.RegularExpressions;

namespace Promises.StateStores;

/// <summary>Makes text of git and of remotes fit to be shown: no user info of URLs, no secrets, no control characters.</summary>
internal static partial class Scrubber
{
    public static string Clean(string text, IEnumerable<string> secrets)
    {
        foreach (var secret in secrets.Where(secret => secret.Length > 0)) text = text.Replace(secret, "***", StringComparison.Ordinal);
        text = UserInfo().Replace(text, "://");
        text = Authorization().Replace(text, "$1***");

        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\n' or '\t' || !char.IsControl(c)) clean.Append(c);
            else if (c == '\r') clean.Append('\n');
        }

        return clean.ToString();
    }

    [GeneratedRegex(@"://[^/\s@']*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(authorization:\s*)\S.*", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Authorization();
}
