using System.Text;
using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>A server over http, and stores that push to it without git. What they push is built by hand.</summary>
internal sealed class DirectFixture : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StateStoreProvider _provider;

    public DirectFixture(Func<GitOptions, GitOptions>? options = null)
    {
        Server = new GitHttpServer(Stores.RemoteRoot);
        _provider = Stores.Create(options?.Invoke(Stores.Options) ?? Stores.Options, Time);
    }

    public StoreFixture Stores { get; } = new();

    public GitHttpServer Server { get; }

    public ManualTime Time { get; } = new();

    public GitRepo Repo => Stores.Repo;

    /// <summary>How many pushes the server got, and not from git.</summary>
    public int Direct => Server.Seen.Count(request => request.StartsWith("POST /app.git/git-receive-pack git/2.0 (promises)", StringComparison.Ordinal));

    public int ByGit => Server.Seen.Count(request => request.StartsWith("POST /app.git/git-receive-pack ", StringComparison.Ordinal)) - Direct;

    /// <summary>How often it was asked, not by git, what it can do.</summary>
    public int Asked => Server.Seen.Count(request => request == "GET /app.git/info/refs?service=git-receive-pack git/2.0 (promises)");

    public string MirrorOf(string url) => _provider.MirrorOf("app", url, "main");

    public RemoteStore Open(string? url = null, string branch = "main", bool credential = false, StateStoreProvider? provider = null) =>
        (RemoteStore)(provider ?? _provider).OpenRemote("app", url ?? Server.Url("app"), branch, credential ? "writer" : null, writer: GitWriter.Direct);

    /// <summary>Builds a commit of files that lie side by side, and has its objects at hand.</summary>
    public async Task<string> BuildAsync(RemoteStore store, string? from, params (string Path, string? Content)[] files) =>
        (await BuildAsync(store, StoreFixture.Spec(from, files))).Single();

    public async Task<IReadOnlyList<string>> BuildAsync(RemoteStore store, params CommitSpec[] specs)
    {
        var commits = await store.CommitAsync(specs, None);
        foreach (var (spec, commit) in specs.Zip(commits)) store.Built.Add(commit!, Objects(spec, commit!));
        return commits!;
    }

    public async Task<PushResult> PushAsync(string? from, params (string Path, string? Content)[] files)
    {
        var store = Open();
        return await store.PublishAsync(await BuildAsync(store, from, files), from, None);
    }

    /// <summary>Those of a commit whose base, if it has one, is on a branch of the repository.</summary>
    public IReadOnlyList<GitObject> Objects(CommitSpec spec, string commit)
    {
        var blobs = spec.Changes.Where(change => change.Content is not null)
            .ToDictionary(change => change.Path, change => GitObject.Of(GitObjectType.Blob, change.Content), StringComparer.Ordinal);
        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in spec.Base is null ? [] : Repo.In("ls-tree", "-z", spec.Base).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            entries[line.Split('\t')[1]] = line.Split(' ', '\t')[2];
        foreach (var change in spec.Changes) entries.Remove(change.Path);
        foreach (var (path, blob) in blobs) entries[path] = blob.Id;

        var lines = entries.SelectMany(entry => (byte[])[.. Encoding.ASCII.GetBytes($"100644 {entry.Key}\0"), .. Convert.FromHexString(entry.Value)]);
        var tree = GitObject.Of(GitObjectType.Tree, lines.ToArray());
        var who = $"{spec.Author.Name} <{spec.Author.Email}> {spec.At.ToUnixTimeSeconds()} +0000";
        var parent = spec.Base is null ? "" : $"parent {spec.Base}\n";
        var top = GitObject.Of(GitObjectType.Commit, Encoding.UTF8.GetBytes($"tree {tree.Id}\n{parent}author {who}\ncommitter {who}\n\n{spec.Message}"));
        top.Id.ShouldBe(commit, "git builds the same");
        return [.. blobs.Values, tree, top];
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await Server.DisposeAsync();
        Stores.Dispose();
    }

    /// <summary>Stands still unless it is moved; timers run as ever.</summary>
    internal sealed class ManualTime : TimeProvider
    {
        private long _at;

        public override long GetTimestamp() => _at;

        public void Pass(TimeSpan time) => _at += (long)(time.TotalSeconds * TimestampFrequency);
    }
}
