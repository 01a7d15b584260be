namespace Promises.Manifests;

/// <summary>RFC 6901.</summary>
internal static class Pointers
{
    public static string Escape(string key) =>
        key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
