using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Promises.Testing;

/// <summary>An authority that nobody knows, and a certificate that it made for one host.</summary>
public sealed class PrivateAuthority : IDisposable
{
    public PrivateAuthority(string host = "127.0.0.1")
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Private authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var (from, to) = (DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        using var root = authority.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(root, from, to, [1, 2, 3]);
        using var withKey = signed.CopyWithPrivateKey(key);
        (Certificate, Pem) = (X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null), root.ExportCertificatePem() + "\n");
    }

    /// <summary>Of the host, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate of the authority.</summary>
    public string Pem { get; }

    public void Dispose() => Certificate.Dispose();
}
