using System.Text;
using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>A provider with a data directory of its own, and a remote repository beside it.</summary>
public sealed class StoreFixture : IDisposable, ICredentialReader
{
    private static readonly GitIdentity Author = new("Promises", "promises@localhost");

    private readonly TempDirectory _root = new();

    public StoreFixture()
    {
        Options = new GitOptions { DataDirectory = _root["data"], AllowLocal = true, SilenceLimit = TimeSpan.FromSeconds(2), TransferLimit = TimeSpan.FromSeconds(20) };
        Repo = new GitRepo(_root["remote/app.git"]);
        Provider = Create(Options);
    }

    public GitOptions Options { get; }

    public GitRepo Repo { get; }

    public string RemoteRoot => _root["remote"];

    public string this[string name] => _root[name];

    public StateStoreProvider Provider { get; }

    public GitCredential? Credential { get; set; }

    public StateStoreProvider Create(GitOptions options, TimeProvider? time = null) => new(options, this, time ?? TimeProvider.System, new Random(1));

    public IStateStore File(string branch = "main", GitWriter writer = GitWriter.Git) => Provider.OpenRemote("app", Repo.Url, branch, null, writer: writer);

    public IStateStore Http(GitHttpServer server, bool credential = false) => Provider.OpenRemote("app", server.Url("app"), "main", credential ? "writer" : null);

    public static CommitSpec Spec(string? from, params (string Path, string? Content)[] files) => SpecOf("main", from, files);

    public static CommitSpec SpecOf(string branch, string? from, params (string Path, string? Content)[] files) => new(
        branch,
        from, [.. files.Select(f => new FileChange(f.Path, f.Content is null ? null : Encoding.UTF8.GetBytes(f.Content)))],
        "subject\n\nbody\n", Author, Author, DateTimeOffset.UnixEpoch.AddDays(1));

    public Task<GitCredential?> ReadAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Credential);

    /// <summary>Over ssh, let in by <see cref="Credential"/>.</summary>
    public IStateStore Ssh(SshServer server, string repository = "app") => Provider.OpenRemote(repository, server.Url(_root[$"remote/{repository}.git"]), "main", "writer");

    public void Dispose() => _root.Dispose();
}
