using System.Net;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class GitUrlTests
{
    [Theory]
    [InlineData("https://git.example.com/team/fleet.git")]
    [InlineData("HTTPS://Git.Example.com:8443/team/fleet")]
    [InlineData("https://10.0.0.7/a")]
    [InlineData("https://172.18.0.2:31333/gitea_admin/kratix")]
    [InlineData("https://[fd00::7]/a")]
    [InlineData("https://gitea-http.gitea.svc.cluster.local/gitea_admin/kratix")]
    [InlineData("https://h/a%20b")]
    [InlineData("ssh://git@github.com/org/repo.git")]
    [InlineData("ssh://git@github.com:2222/~org/repo.git")]
    [InlineData("git@github.com:org/repo.git")]
    public void Url_of_a_repository_elsewhere_is_taken(string url) => GitUrl.IsAllowed(url, false, out var remedy).ShouldBeTrue(remedy);

    [Theory]
    [InlineData("http://git.example.com/a")]
    [InlineData("https://localhost/a")]
    [InlineData("https://git.localhost:3000/a")]
    [InlineData("https://127.0.0.1/a")]
    [InlineData("https://127.1/a")]
    [InlineData("https://2130706433/a")]
    [InlineData("https://0x7f000001/a")]
    [InlineData("https://0177.0.0.1/a")]
    [InlineData("https://[::1]/a")]
    [InlineData("https://[::ffff:127.0.0.1]/a")]
    [InlineData("git@localhost:a")]
    [InlineData("file:///srv/fleet.git")]
    public void Local_url_is_taken_only_where_local_stores_are_allowed(string url)
    {
        GitUrl.IsAllowed(url, false, out var remedy).ShouldBeFalse();
        remedy.ShouldNotBeNullOrWhiteSpace();
        GitUrl.IsAllowed(url, true, out remedy).ShouldBeTrue(remedy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fleet")]
    [InlineData("/srv/fleet.git")]
    [InlineData("C:\\fleet")]
    [InlineData("ext::sh -c id")]
    [InlineData("ext::sh")]
    [InlineData("ext::a@b:c")]
    [InlineData("fd::7")]
    [InlineData("--upload-pack=touch /tmp/x")]
    [InlineData("-oProxyCommand=x")]
    [InlineData("ftp://h/a")]
    [InlineData("git://h/a")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://")]
    [InlineData("https:///a")]
    [InlineData("https://h")]
    [InlineData("https://h/")]
    [InlineData("https://-oProxyCommand=x/a")]
    [InlineData("ssh://-oProxyCommand=x/a")]
    [InlineData("ssh://git@-oProxyCommand=x/a")]
    [InlineData("git@-oProxyCommand=x:a")]
    [InlineData("ssh://-l@h/a")]
    [InlineData("git@h:-a")]
    [InlineData("https://user@h/a")]
    [InlineData("https://user:pass@h/a")]
    [InlineData("https://@h/a")]
    [InlineData("https://a@b@h/a")]
    [InlineData("ssh://git:pass@h/a")]
    [InlineData("https://h/a?x=1")]
    [InlineData("https://h/a#x")]
    [InlineData("https://h/a b")]
    [InlineData("https://h/a\n")]
    [InlineData("https://h/a%0ahost=evil")]
    [InlineData("https://h/a%00")]
    [InlineData("https://h/%2e%2e/a")]
    [InlineData("https://h/a/../b")]
    [InlineData("https://h/a%zz")]
    [InlineData("https://h\\@evil/a")]
    [InlineData("https://h:0/a")]
    [InlineData("https://h:99999/a")]
    [InlineData("https://h:port/a")]
    [InlineData("https://h%2eevil/a")]
    [InlineData("https://f\u00fc/a")]
    [InlineData("https://169.254.169.254/a")]
    [InlineData("https://169.254.169.254./a")]
    [InlineData("https://0xa9fea9fe/a")]
    [InlineData("https://2852039166/a")]
    [InlineData("https://0251.0376.0251.0376/a")]
    [InlineData("https://[::ffff:169.254.169.254]/a")]
    [InlineData("https://[::ffff:a9fe:a9fe]/a")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/a")]
    [InlineData("https://[2002:a9fe:a9fe::]/a")]
    [InlineData("https://[fe80::1]/a")]
    [InlineData("https://[fe80::1%25eth0]/a")]
    [InlineData("https://[::]/a")]
    [InlineData("https://0.0.0.0/a")]
    [InlineData("https://0/a")]
    [InlineData("https://224.0.0.1/a")]
    [InlineData("https://[ff02::1]/a")]
    [InlineData("https://[fd00:ec2::254]/a")]
    [InlineData("https://metadata.google.internal/a")]
    [InlineData("https://1.2.3.4.5/a")]
    [InlineData("https://256.1.1.1/a")]
    [InlineData("git@169.254.169.254:a")]
    [InlineData("file://host/srv/fleet.git")]
    [InlineData("file://srv")]
    [InlineData("file:///srv/../fleet.git")]
    [InlineData("file:///srv/%2e%2e/x")]
    [InlineData("file:///")]
    public void Dangerous_or_broken_url_is_never_taken(string url)
    {
        GitUrl.IsAllowed(url, true, out var remedy).ShouldBeFalse();
        remedy.ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("https://github.com/org/repo", "HTTPS://GitHub.com:443/org/repo.git/")]
    [InlineData("https://github.com/org/repo", "https://github.com//org/repo.git")]
    [InlineData("https://github.com/org/repo", "https://github.com./org/%72epo")]
    [InlineData("https://github.com/org/repo", "git@github.com:org/repo.git")]
    [InlineData("ssh://git@github.com:22/org/repo", "other@GITHUB.com:/org/repo.git")]
    [InlineData("http://h/a", "https://h/a")]
    [InlineData("https://127.0.0.1/a", "https://2130706433/a")]
    [InlineData("https://[::1]/a", "https://[0:0:0:0:0:0:0:1]/a")]
    [InlineData("file:///srv/fleet.git", "file://localhost/srv//fleet/")]
    [InlineData("file:///srv/fleet", "file:///srv/fleet/.git")]
    public void Urls_of_one_repository_have_one_key(string a, string b) => GitUrl.ComparisonKey(a).ShouldBe(GitUrl.ComparisonKey(b));

    [Theory]
    [InlineData("https://h/a", "https://h/b")]
    [InlineData("https://h/a", "https://h/A")]
    [InlineData("https://h/a", "https://h:8443/a")]
    [InlineData("https://h/a", "https://i/a")]
    [InlineData("https://h/a", "file:///h/a")]
    public void Urls_of_different_repositories_have_different_keys(string a, string b) => GitUrl.ComparisonKey(a).ShouldNotBe(GitUrl.ComparisonKey(b));

    [Theory]
    [InlineData("https://u:secret@h/a?t=secret", "https://***@h/a")]
    [InlineData("u:secret@h", "***@h")]
    [InlineData("https://h/a", "https://h/a")]
    public void Redacted_url_holds_no_secret(string url, string redacted) => GitUrl.Redacted(url).ShouldBe(redacted);

    [Theory]
    [InlineData("https://h/a", "h", 443)]
    [InlineData("git@h:a", "h", 22)]
    [InlineData("http://[::1]:3000/a", "::1", 3000)]
    public void Endpoint_is_what_is_talked_to(string url, string host, int port) => GitUrl.Endpoint(url).ShouldBe((host, port));

    [Theory]
    [InlineData("10.1.2.3", AddressUse.Allowed)]
    [InlineData("127.8.8.8", AddressUse.LocalOnly)]
    [InlineData("::1", AddressUse.LocalOnly)]
    [InlineData("169.254.0.1", AddressUse.Never)]
    [InlineData("64:ff9b::7f00:1", AddressUse.LocalOnly)]
    [InlineData("2001:db8::1", AddressUse.Allowed)]
    public void Resolved_address_is_judged(string address, AddressUse use) => GitAddress.Judge(IPAddress.Parse(address)).ShouldBe(use);
}
