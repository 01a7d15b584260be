using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Promises.Model.Keys;

namespace Promises.Core.Tests.Keys;

public sealed class CertificateAuthorityTests
{
    private static readonly DateTimeOffset Expiry = new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Certificates_are_kept_without_what_surrounds_them_and_described()
    {
        var text = $"Bag Attributes\r\n{Pem("One")}\n# and\n{Pem("Two")}";

        CertificateAuthority.TryRead(text, out var kept, out var remedy).ShouldBeTrue(remedy);

        kept.ShouldStartWith("-----BEGIN CERTIFICATE-----");
        kept.ShouldNotContain("Bag");
        CertificateAuthority.Describe(kept).ShouldBe([new("CN=One", Expiry), new("CN=Two", Expiry)]);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    public void What_is_no_certificate_is_refused(string text)
    {
        CertificateAuthority.TryRead(text, out _, out var remedy).ShouldBeFalse();
        remedy.ShouldNotBeNull().ShouldContain("BEGIN CERTIFICATE");
    }

    [Fact]
    public void Private_key_beside_it_is_refused()
    {
        using var key = ECDsa.Create();
        CertificateAuthority.TryRead(Pem("One") + key.ExportPkcs8PrivateKeyPem(), out _, out var remedy).ShouldBeFalse();
        remedy.ShouldNotBeNull().ShouldContain("private key");
    }

    private static string Pem(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(Expiry.AddYears(-20), Expiry);
        return certificate.ExportCertificatePem() + "\n";
    }
}
