using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Promises.Server.Http.Auth;

/// <summary>The text of access tokens: <c>pst_</c>, by which secret scanners know it, and 256 random bits.</summary>
internal static class TokenText
{
    private const string Start = "pst_";

    private const int MaxLength = 256;

    public static string New() => Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Enough to recognise a token by, too little to guess it.</summary>
    public static string Prefix(string token) => token[..(Start.Length + 4)];

    public static bool IsPossible(string token) => token.Length <= MaxLength && token.StartsWith(Start, StringComparison.Ordinal);
}
