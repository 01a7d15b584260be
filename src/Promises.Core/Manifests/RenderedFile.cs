using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Promises.Manifests;

/// <summary>A file to write.</summary>
/// <param name="Path">Relative to the cluster's directory, with slashes.</param>
public sealed record RenderedFile(string Path, byte[] Content)
{
    /// <summary>Git's id of the content, in a SHA-1 repository.</summary>
    public string Blob { get; } = BlobId(Content);

    internal static RenderedFile Of(string path, string text) => new(path, Encoding.UTF8.GetBytes(text));

    private static string BlobId(byte[] content)
    {
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0"));
#pragma warning disable CA5350 // Git names content by SHA-1; nothing here relies on its strength.
        return Convert.ToHexStringLower(SHA1.HashData([.. header, .. content]));
#pragma warning restore CA5350
    }
}
