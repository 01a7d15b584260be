using System.Text.RegularExpressions;

namespace Promises.Manifests;

/// <summary>The address of a state store as an agent on a cluster has to write it.</summary>
internal static partial class RepositoryUrls
{
    /// <summary>
    /// Flux takes no scp form. Of an embedded store only the operator knows the host by which clusters reach this service, and a
    /// <c>file://</c> address means nothing to them: both get a placeholder.
    /// </summary>
    public static string ForAgents(ClusterSite site)
    {
        if (site.RepositoryUrl is not { } url) return $"http://<promises-host>:8080/git/{site.Store}.git";
        if (url.StartsWith("file:", StringComparison.OrdinalIgnoreCase)) return $"https://<git-host>/<path>/{site.Store}.git";
        return !url.Contains("://", StringComparison.Ordinal) && ScpForm().Match(url) is { Success: true } scp
            ? $"ssh://{scp.Groups["host"].Value}/{scp.Groups["path"].Value.TrimStart('/')}" : url;
    }

    public static bool IsSsh(ClusterSite site) => ForAgents(site).StartsWith("ssh://", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^(?<host>[^/:]+):(?<path>.+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ScpForm();
}
