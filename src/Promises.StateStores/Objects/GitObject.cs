using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Promises.StateStores;

/// <summary>The numbers are those of a pack (gitformat-pack).</summary>
internal enum GitObjectType
{
    Commit = 1,
    Tree = 2,
    Blob = 3,
}

/// <summary>An object as Git stores it.</summary>
/// <param name="Id">The SHA-1 of its header and content, in lower-case hexadecimal.</param>
internal sealed record GitObject(GitObjectType Type, string Id, ReadOnlyMemory<byte> Content)
{
    /// <summary>The file of a pack that was seen to hold it; null where none was.</summary>
    public string? Pack { get; init; }

    public static GitObject Of(GitObjectType type, ReadOnlyMemory<byte> content)
    {
#pragma warning disable CA5350 // Git names objects by SHA-1; nothing here relies on its strength.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Header(type, content.Length));
        hash.AppendData(content.Span);
        return new GitObject(type, Convert.ToHexStringLower(hash.GetHashAndReset()), content);
    }

    /// <summary>What comes before the content in a loose object, and in what is hashed.</summary>
    public byte[] Header() => Header(Type, Content.Length);

    private static byte[] Header(GitObjectType type, int length) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Name(type)} {length}\0"));

    private static string Name(GitObjectType type) => type switch
    {
        GitObjectType.Commit => "commit",
        GitObjectType.Tree => "tree",
        _ => "blob",
    };
}
