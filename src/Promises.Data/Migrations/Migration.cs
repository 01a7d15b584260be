using System.Security.Cryptography;
using System.Text;

namespace Promises.Data;

/// <summary>One forward step of the schema, in plain SQL.</summary>
/// <param name="Name">File name, which also gives the order: <c>0001-fleet.sql</c>.</param>
public sealed record Migration(string Name, string Sql)
{
    /// <summary><c>sha256:</c> over the text with LF line ends, so that a checkout's line ends do not matter.</summary>
    public string Checksum { get; } = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>Those that this program was built with, in order.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Read();

    private static Migration[] Read()
    {
        const string folder = "migrations/";
        var assembly = typeof(Migration).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                    return new Migration(name[folder.Length..], reader.ReadToEnd());
                }),
        ];
    }
}
