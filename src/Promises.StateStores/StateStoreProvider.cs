using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Promises.Model;

namespace Promises.StateStores;

/// <summary>Opens the stores of a data directory. One instance per process: it holds the locks.</summary>
public sealed class StateStoreProvider : IAsyncDisposable
{
    private readonly GitProcess _git;
    private readonly StoreLocks _locks = new();
    private readonly ObjectCache _objects = new(64 * 1024 * 1024);
    private readonly ICredentialReader _credentials;
    private readonly Polly.ResiliencePipeline _retries;
    private readonly EmbeddedStores _embedded;
    private readonly DirectPushes _direct;

    public StateStoreProvider(GitOptions options, ICredentialReader credentials, TimeProvider time, Random random)
        : this(options, credentials, new AddressGuard(options), time, random)
    {
    }

    internal StateStoreProvider(GitOptions options, ICredentialReader credentials, AddressGuard guard, TimeProvider time, Random random)
    {
        PrivateFiles.Sweep(options.PrivateDirectory);
        SshConnections.Sweep(options);
        _git = new GitProcess(options, time);
        _credentials = credentials;
        _retries = NetworkRetries.Create(time, random);
        _direct = new DirectPushes(options, time);
        _embedded = new EmbeddedStores(options, _git, _locks);
        Guard = guard;
        UploadPack = new UploadPack(_git);
        Peek = new BranchPeek(_git, guard, credentials, _embedded);
        Upkeep = new Upkeep(_git, _locks, time);
    }

    public IEmbeddedStores Embedded => _embedded;

    public AddressGuard Guard { get; }

    public UploadPack UploadPack { get; }

    public BranchPeek Peek { get; }

    public Upkeep Upkeep { get; }

    /// <summary>The disk that mirrors and embedded stores lie on; if each has its own, the fuller one.</summary>
    public DiskState Disk => DiskSpace.Of(_git.Options.DataDirectory, _git.Options.MirrorsDirectory, _git.Options.StoresDirectory);

    public IStateStore Open(StateStore store) => store.Url is null
        ? OpenEmbedded(store.Name, store.Writer)
        : OpenRemote(store.Name, store.Url, store.Branch, store.CredentialName, store.SigningKeyName, store.Writer);

    internal IStateStore OpenEmbedded(string name, GitWriter writer)
    {
        var repository = new Repository(_embedded.PathOf(name), _git);
        // Not a cache: agents pull from it, so what was acknowledged should survive a power cut.
        var commits = new CommitMaker(repository, _git, _objects, writer, acknowledge: false, "committed");
        return new EmbeddedStore(repository, commits, new TreeLister(repository, _git, _objects, writer), new RefMover(repository, writer), _locks);
    }

    internal IStateStore OpenRemote(
        string name, string url, string branch, string? credentialName, string? signingKeyName = null, GitWriter writer = GitWriter.Git)
    {
        var directory = MirrorOf(name, url, branch);
        // It is new, or the store pointed elsewhere before.
        if (!Directory.Exists(directory)) RemoveOtherMirrors(name, directory);
        var mirror = new Repository(directory, _git);
        // A mirror can be fetched again, so it need not survive a power cut.
        var commits = new CommitMaker(mirror, _git, _objects, writer, acknowledge: true, "none");
        return new RemoteStore(url, BranchPattern.Of(branch, "*"), ReadCredentialAsync, ReadSigningKeyAsync, mirror, commits, new TreeLister(mirror, _git, _objects, writer), _git, Guard, _locks, _retries)
        {
            Direct = writer == GitWriter.Direct ? _direct : null,
        };

        async Task<GitCredential?> ReadCredentialAsync(CancellationToken cancellationToken) => credentialName is null ? null
            : await _credentials.ReadAsync(credentialName, cancellationToken)
                ?? throw new StateStoreException(StoreFault.AuthenticationFailed, $"There is no credential named {credentialName}.");

        async Task<GitKey?> ReadSigningKeyAsync(CancellationToken cancellationToken) => signingKeyName is null ? null
            : await _credentials.ReadAsync(signingKeyName, cancellationToken) as GitKey
                ?? throw new StateStoreException(StoreFault.SigningFailed, $"There is no credential of type ssh named {signingKeyName}, which is to sign the commits.");
    }

    /// <summary>The name of the mirror's directory; null for an embedded store, which has none.</summary>
    public string? MirrorName(StateStore store) => store.Url is null ? null : Path.GetFileName(MirrorOf(store.Name, store.Url, store.Branch));

    public async ValueTask DisposeAsync()
    {
        _direct.Dispose();
        await _git.Connections.EndAsync(_git);
    }

    /// <summary>Forgets what is kept here of a store that was deleted.</summary>
    public async Task ForgetAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var mirror in MirrorsOf(name))
        {
            using var held = await _locks.EnterAsync(mirror, cancellationToken);
            if (Directory.Exists(mirror)) Directory.Delete(mirror, recursive: true);
        }

        await _embedded.RemoveAsync(name, cancellationToken);
    }

    /// <summary>Another URL or branch is another mirror: its commits must not be taken for acknowledged here.</summary>
    internal string MirrorOf(string name, string url, string branch)
    {
        _ = _embedded.PathOf(name); // Checks the name, which becomes part of a path.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{url}\n{branch}")))[..12];
        return Path.Combine(_git.Options.MirrorsDirectory, string.Create(CultureInfo.InvariantCulture, $"{name}-{hash}.git"));
    }

    private void RemoveOtherMirrors(string name, string current)
    {
        foreach (var mirror in MirrorsOf(name).Where(mirror => mirror != current)) Directory.Delete(mirror, recursive: true);
    }

    private List<string> MirrorsOf(string name)
    {
        if (!Directory.Exists(_git.Options.MirrorsDirectory)) return [];
        var mirror = new Regex($@"\A{Regex.Escape(name)}-[0-9a-f]{{12}}\.git\z", RegexOptions.CultureInvariant);
        return [.. Directory.EnumerateDirectories(_git.Options.MirrorsDirectory, $"{name}-*.git").Where(directory => mirror.IsMatch(Path.GetFileName(directory)))];
    }
}
