using System.Security.Cryptography;
using System.Text;

namespace Promises.Scheduling;

internal static class Digests
{
    public static string Sha256(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
