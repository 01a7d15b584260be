using Promises.Model.Keys;
using Promises.Testing;

namespace Promises.Core.Tests.Keys;

public sealed class KnownHostsTests
{
    private static readonly string Key = SshKeys.Generate().Public;

    [Fact]
    public void Lines_of_a_known_hosts_file_are_taken()
    {
        var text = $"# from ssh-keyscan\r\n\r\ngit.example.com,10.1.2.3 {Key} a comment\r\n@cert-authority *.example.com {Key}\r\n@revoked * {Key}\r\n[git.example.com]:2222 {Key}";

        KnownHosts.TryRead(text, out var hosts, out var remedy).ShouldBeTrue(remedy);

        hosts.ShouldNotContain("\r");
        hosts.ShouldEndWith($"[git.example.com]:2222 {Key}\n");
    }

    [Theory]
    [InlineData("", "Give the host's key")]
    [InlineData("# nothing\n\n", "Give the host's key")]
    [InlineData("git.example.com\n", "Line 1 is not of a known_hosts file")]
    [InlineData("# comment\nKEY\n", "Line 2 has no host")]
    [InlineData("git.example.com ssh-dss AAAA\n", "Line 1 has a type of key")]
    [InlineData("git.example.com ssh-ed25519 AAAA\n", "Line 1 has a damaged key")]
    [InlineData("git.example.com ssh-ed25519 ????\n", "Line 1 has a damaged key")]
    [InlineData("git.example.com KEY\n@trusted git.example.com KEY\n", "Line 2 begins with a marker")]
    public void Line_that_is_none_is_named_with_a_remedy(string text, string remedy)
    {
        KnownHosts.TryRead(text.Replace("KEY", Key, StringComparison.Ordinal), out _, out var found).ShouldBeFalse();
        found.ShouldNotBeNull().ShouldStartWith(remedy);
        found.ShouldContain("ssh-keyscan");
    }

    [Theory]
    [InlineData("git.example.com", "git.example.com", true)]
    [InlineData("a.example.com,git.example.com", "git.example.com", true)]
    [InlineData("GIT.example.com", "git.example.com", true)]
    [InlineData("*.example.com", "git.example.com", true)]
    [InlineData("*.example.com,!git.example.com", "git.example.com", false)]
    [InlineData("git.example.com", "[git.example.com]:2222", false)]
    [InlineData("[git.example.com]:2222", "[git.example.com]:2222", true)]
    [InlineData("[git.example.com]:2222", "git.example.com", false)]
    [InlineData("@cert-authority *.example.com", "git.example.com", true)]
    [InlineData("@revoked git.example.com", "git.example.com", false)]
    public void Host_is_found_as_ssh_finds_it(string hosts, string name, bool found) => KnownHosts.Names($"# x\n{hosts} {Key}\n", name).ShouldBe(found);

    [Fact]
    public void Host_is_found_behind_a_hashed_name()
    {
        var hashed = SshKeys.Hashed($"[git.example.com]:2222 {Key}\n");

        hashed.ShouldStartWith("|1|");
        KnownHosts.TryRead(hashed, out var hosts, out var remedy).ShouldBeTrue(remedy);
        KnownHosts.Names(hosts, "[git.example.com]:2222").ShouldBeTrue();
        KnownHosts.Names(hosts, "git.example.com").ShouldBeFalse();
    }
}
