using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class CommitSigningTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();

    [Theory]
    [InlineData("ed25519", null, GitWriter.Git)]
    [InlineData("ed25519", null, GitWriter.Direct)]
    [InlineData("rsa", "PEM", GitWriter.Git)]
    [InlineData("ecdsa", null, GitWriter.Git)]
    public async Task Commit_is_signed_by_the_key_and_says_the_same_as_without(string type, string? format, GitWriter writer)
    {
        var keys = SshKeys.Generate(type, format);
        _fixture.Credential = new GitKey(keys.Private);
        var plain = (await _fixture.File().CommitAsync(StoreFixture.Spec(null, ("a", "1"), ("b/c", "2")), None))!;
        var store = Signing(writer);

        var first = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1"), ("b/c", "2")), None))!;
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("a", null)), None))!;
        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        first.ShouldNotBe(plain);
        var built = ((RemoteStore)store).Built.Of([first]);
        if (writer == GitWriter.Direct) built!.Where(one => one.Type == GitObjectType.Commit).Select(one => one.Id).ShouldBe([first]);
        else built.ShouldBeNull();
        Verify(first, keys).ShouldContain("Good \"git\" signature for promises@localhost");
        Verify(second, keys).ShouldContain("Good \"git\" signature");
        Should.Throw<InvalidOperationException>(() => Verify(first, SshKeys.Generate()));
        _fixture.Repo.Message(first).ShouldBe("subject\n\nbody\n\n");
        _fixture.Repo.In("log", "-1", "--format=%an <%ae> %cn %ct", first).ShouldBe("Promises <promises@localhost> Promises 86400\n");
        _fixture.Repo.In("fsck", "--strict", "--no-dangling").ShouldBeEmpty();
        _fixture.Repo.Files().ShouldBe(["b/c"]);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task Commit_that_would_change_nothing_is_not_signed_either(GitWriter writer)
    {
        _fixture.Credential = new GitKey(SshKeys.Generate().Private);
        var store = Signing(writer);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        (await store.CommitAsync(StoreFixture.Spec(commit, ("a", "1")), None)).ShouldBeNull();
    }

    [Fact]
    public async Task Many_commits_are_signed_at_once()
    {
        var keys = SshKeys.Generate();
        var git = new GitProcess(_fixture.Options, TimeProvider.System);
        var repository = new Repository(_fixture.Repo.Path, git);
        var plain = Enumerable.Range(0, 600).Select(i => (Commit: _fixture.Repo.In(
            "-c", "user.name=S", "-c", "user.email=s@example.com", "commit-tree", "-m", $"{i}", "4b825dc642cb6eb9a060e54bf8d69288fbee4904").Trim(), Reference: $"refs/w/{i}")).ToList();

        var signed = (await new CommitSigner(git).SignAsync(repository, plain, new GitKey(keys.Private), None)).Select(commit => commit.Id).ToList();

        signed.Count.ShouldBe(600);
        foreach (var i in (int[])[0, 499, 500, 599])
        {
            _fixture.Repo.In("rev-parse", $"refs/w/{i}").Trim().ShouldBe(signed[i]);
            _fixture.Repo.Message(signed[i]).Trim().ShouldBe($"{i}");
            Verify(signed[i], keys).ShouldContain("Good");
        }
    }

    [Fact]
    public async Task Key_that_does_not_sign_is_said_and_nothing_is_written()
    {
        _fixture.Credential = new GitKey("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
        (await Fails()).ShouldContain("Cannot sign the commit");
        _fixture.Credential = new GitToken("x", "y");
        (await Fails()).ShouldContain("no credential of type ssh named signer");
        _fixture.Credential = null;
        (await Fails()).ShouldContain("no credential of type ssh named signer");

        async Task<string> Fails()
        {
            var refused = await Should.ThrowAsync<StateStoreException>(() => Signing().CommitAsync(StoreFixture.Spec(null, ("a", "1")), None));
            refused.Fault.ShouldBe(StoreFault.SigningFailed);
            return refused.Message;
        }
    }

    public void Dispose() => _fixture.Dispose();

    private IStateStore Signing(GitWriter writer = GitWriter.Git) => _fixture.Provider.OpenRemote("app", _fixture.Repo.Url, "main", null, "signer", writer);

    /// <summary>What git says of the signature; throws where it is not a good one of this key.</summary>
    private string Verify(string commit, SshKeys keys)
    {
        var allowed = _fixture["allowed"];
        File.WriteAllText(allowed, $"promises@localhost {keys.Public}\n");
        return _fixture.Repo.InWithError("-c", "gpg.format=ssh", "-c", $"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", "--verbose", commit);
    }
}
