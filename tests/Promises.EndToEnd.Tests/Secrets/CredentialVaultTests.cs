using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Secrets;

namespace Promises.EndToEnd.Tests.Secrets;

public sealed class CredentialVaultTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private CredentialVault Vault => fixture.Server.Services.GetRequiredService<CredentialVault>();

    [Fact]
    public void Secret_opens_for_its_own_credential_and_no_other()
    {
        var sealedSecret = Vault.Seal("fleet", "s3cret");

        System.Text.Encoding.UTF8.GetString(sealedSecret).ShouldNotContain("s3cret");
        Vault.Open("fleet", sealedSecret).ShouldBe("s3cret");
        Should.Throw<CryptographicException>(() => Vault.Open("other", sealedSecret));
    }

    [Fact]
    public void Fingerprint_tells_secrets_apart_and_is_short()
    {
        CredentialVault.Fingerprint("a").ShouldBe("sha256:ca978112ca1bbdca");
        CredentialVault.Fingerprint("b").ShouldNotBe(CredentialVault.Fingerprint("a"));
    }

    [Fact]
    public void Keys_are_readable_by_the_owner_only()
    {
        Vault.Seal("fleet", "x");
        var keys = Path.Combine(fixture.Server.DataDirectory, "keys");
        File.GetUnixFileMode(keys).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(keys, "key-*.xml").ShouldNotBeEmpty();
    }
}
