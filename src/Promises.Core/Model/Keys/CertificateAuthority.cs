using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Promises.Model.Keys;

/// <summary>What may be shown of a certificate.</summary>
public sealed record CertificateSummary(string Subject, DateTimeOffset ExpiresAt);

/// <summary>Certificates as text (PEM), of authorities that vouch for a host.</summary>
public static class CertificateAuthority
{
    /// <param name="certificates">The certificates and nothing else of what was sent.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? certificates, [NotNullWhen(false)] out string? remedy)
    {
        (certificates, remedy) = (null, null);
        if (text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            remedy = "There is a private key in it, which nobody but the authority should have. Give its certificate only.";
            return false;
        }

        try
        {
            var found = Import(text);
            if (found.Count > 0) certificates = found.ExportCertificatePems() + "\n";
        }
        catch (CryptographicException)
        {
            // Falls through to the remedy: the parser's own words name byte offsets.
        }

        if (certificates is null) remedy = "Give the certificate of the authority as PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----; several may follow each other.";
        return certificates is not null;
    }

    /// <param name="certificates">As <see cref="TryRead"/> made it.</param>
    public static IReadOnlyList<CertificateSummary> Describe(string certificates) =>
        [.. Import(certificates).Select(one => new CertificateSummary(one.Subject, new DateTimeOffset(one.NotAfter.ToUniversalTime())))];

    private static X509Certificate2Collection Import(string text)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(text);
        return found;
    }
}
