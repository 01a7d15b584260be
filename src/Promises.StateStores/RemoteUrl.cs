using System.Diagnostics.CodeAnalysis;
using Promises.Model.Documents;

namespace Promises.StateStores;

/// <summary>A repository URL that was taken apart and found to be one. Checked here again, whoever checked it before: it becomes an argument of git.</summary>
internal sealed record RemoteUrl(string Text, string Scheme, string Host, int Port, string Path)
{
    public bool IsFile => Scheme == "file";

    public static bool TryParse(string text, [NotNullWhen(true)] out RemoteUrl? url)
    {
        url = null;
        if (text.Length is 0 or > 2048 || text[0] == '-' || text.Contains("::", StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)) return false;
        if (text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '\\' or '"' or '\'')) return false;
        if (GitUrl.IsSsh(text))
        {
            if (!GitUrl.IsAllowed(text, allowLocal: true, out _) || GitUrl.Endpoint(text) is not { } end) return false;
            url = new RemoteUrl(text, "ssh", end.Host, end.Port, "");
            return true;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var parsed) || parsed.UserInfo.Length > 0 || parsed.Query.Length > 0 || parsed.Fragment.Length > 0) return false;
        // Uri also takes bare absolute paths for file URLs; only the written form is a URL to git.
        if (!text.StartsWith(parsed.Scheme + "://", StringComparison.OrdinalIgnoreCase)) return false;

        switch (parsed.Scheme)
        {
            case "file" when parsed.Host.Length == 0 && parsed.LocalPath.StartsWith('/'):
                url = new RemoteUrl(text, "file", "", 0, parsed.LocalPath);
                return true;
            case "https" or "http" when parsed.Host.Length > 0 && parsed.Host[0] != '-':
                url = new RemoteUrl(text, parsed.Scheme, parsed.IdnHost, parsed.Port, parsed.AbsolutePath);
                return true;
            default:
                return false;
        }
    }
}
