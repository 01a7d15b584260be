using Promises.Model.Keys;
using Promises.Testing;

namespace Promises.Core.Tests.Keys;

public sealed class SshPrivateKeyTests
{
    [Theory]
    [InlineData("ed25519", null)]
    [InlineData("ecdsa", null)]
    [InlineData("rsa", null)]
    [InlineData("rsa", "PEM")]
    [InlineData("rsa", "PKCS8")]
    [InlineData("ecdsa", "PEM")]
    [InlineData("ecdsa", "PKCS8")]
    public void Public_key_and_its_fingerprint_are_those_that_ssh_keygen_tells(string type, string? format)
    {
        var keys = SshKeys.Generate(type, format);

        SshPrivateKey.TryRead(keys.Private, out var read, out var remedy).ShouldBeTrue(remedy);

        read.PublicKey.ShouldBe(keys.Public);
        SshPublicKey.Fingerprint(read.PublicKey).ShouldBe(keys.Fingerprint());
        read.ToString().ShouldNotContain("BEGIN");
    }

    [Fact]
    public void Line_ends_that_were_lost_on_the_way_are_put_back()
    {
        var keys = SshKeys.Generate();
        foreach (var sent in (string[])[keys.Private.Replace("\n", "\r\n", StringComparison.Ordinal), keys.Private.Replace('\n', ' '), "\n  " + keys.Private.TrimEnd()])
        {
            SshPrivateKey.TryRead(sent, out var read, out var remedy).ShouldBeTrue(remedy);
            read.Text.ShouldBe(Rewrapped(keys.Private));
        }

        static string Rewrapped(string key) => "-----BEGIN OPENSSH PRIVATE KEY-----\n"
            + string.Join('\n', string.Concat(key.Trim().Split('\n')[1..^1]).Chunk(64).Select(line => new string(line))) + "\n-----END OPENSSH PRIVATE KEY-----\n";
    }

    [Theory]
    [InlineData("ed25519", null)]
    [InlineData("rsa", null)]
    [InlineData("rsa", "PEM")]
    [InlineData("rsa", "PKCS8")]
    public void Key_with_a_passphrase_is_refused_with_the_way_to_one_without(string type, string? format) =>
        Refused(SshKeys.Generate(type, format, "hunter2").Private).ShouldContain("ssh-keygen -t ed25519 -N ''");

    [Fact]
    public void Public_key_is_told_for_what_it_is()
    {
        Refused(SshKeys.Generate().Public).ShouldContain("public key");
        Refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").ShouldContain("public key");
    }

    [Theory]
    [InlineData("hunter2", "whole file")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "whole file")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "damaged")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "damaged")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "damaged")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "RSA, ECDSA or Ed25519")]
    [InlineData("PuTTY-User-Key-File-2: ssh-ed25519\n", "puttygen")]
    public void What_is_no_private_key_is_refused_with_a_remedy(string text, string remedy) => Refused(text).ShouldContain(remedy);

    [Fact]
    public void Key_that_was_cut_is_damaged_wherever_it_was_cut()
    {
        var data = Convert.FromBase64String(string.Concat(SshKeys.Generate().Private.Trim().Split('\n')[1..^1]));
        for (var length = 0; length < data.Length; length += 7)
        {
            var cut = $"-----BEGIN OPENSSH PRIVATE KEY-----\n{Convert.ToBase64String(data[..length])}\n-----END OPENSSH PRIVATE KEY-----\n";
            Refused(cut).ShouldNotBeEmpty();
        }
    }

    private static string Refused(string text)
    {
        SshPrivateKey.TryRead(text, out _, out var remedy).ShouldBeFalse();
        remedy.ShouldNotBeNull().ShouldNotContain("hunter2");
        return remedy;
    }
}
