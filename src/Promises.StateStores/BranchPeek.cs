namespace Promises.StateStores;

/// <summary>Where branches are now, and nothing else: no mirror, no lock, nothing fetched.</summary>
public sealed class BranchPeek
{
    /// <summary>More names than this are not passed as arguments: all branches are asked for.</summary>
    private const int MostNames = 500;

    private readonly GitProcess _git;
    private readonly AddressGuard _guard;
    private readonly ICredentialReader _credentials;
    private readonly EmbeddedStores _embedded;

    internal BranchPeek(GitProcess git, AddressGuard guard, ICredentialReader credentials, EmbeddedStores embedded) =>
        (_git, _guard, _credentials, _embedded) = (git, guard, credentials, embedded);

    /// <summary>Reads a repository on this machine in this process. Null where that cannot be done, and <see cref="AskAsync"/> must.</summary>
    /// <param name="url">Null for an embedded store.</param>
    public IReadOnlyDictionary<string, string>? Read(string store, string? url, IReadOnlyCollection<string> branches)
    {
        if (url is null)
        {
            var directory = _embedded.PathOf(store);
            return Directory.Exists(directory) ? RefFiles.Read(directory, branches) : new Dictionary<string, string>();
        }

        return _git.Options.AllowLocal && RemoteUrl.TryParse(url, out var file) && file.IsFile ? RefFiles.Read(file.Path, branches) : null;
    }

    /// <summary>Asks git, which asks the remote. Branches that do not exist are left out.</summary>
    /// <exception cref="StateStoreException">The answer is not to be had.</exception>
    public async Task<IReadOnlyDictionary<string, string>> AskAsync(
        string store, string? url, string? credential, IReadOnlyCollection<string> branches, CancellationToken cancellationToken)
    {
        var names = branches.Select(branch => RefNames.Branch(RefNames.RequireBranch(branch))).ToHashSet(StringComparer.Ordinal);
        string[] patterns = names.Count <= MostNames ? [.. names] : ["refs/heads/*"];
        if (url is null) return await EmbeddedAsync(store, names, cancellationToken);

        var secret = credential is null ? null : await _credentials.ReadAsync(credential, cancellationToken)
            ?? throw new StateStoreException(StoreFault.AuthenticationFailed, $"There is no credential named {credential}.");
        var access = await _guard.AdmitAsync(url, secret, _git.Connections, cancellationToken);
        var result = await _git.RunAsync(
            new GitCommand($"Cannot read {Scrubber.Clean(url, [])}", ["ls-remote", "--end-of-options", access.Url, .. patterns])
            {
                Remote = access,
                Limit = _git.Options.LookupLimit,
                OutputLimit = 64 * 1024 * 1024,
            },
            cancellationToken);
        return Tips(result.OrThrow(), names);
    }

    private async Task<IReadOnlyDictionary<string, string>> EmbeddedAsync(string store, HashSet<string> names, CancellationToken cancellationToken)
    {
        var result = await new Repository(_embedded.PathOf(store), _git).RunAsync("Cannot read branches", ["for-each-ref", "--format=%(objectname)%09%(refname)", "refs/heads"], cancellationToken);
        return Tips(result.OrThrow(), names);
    }

    private static Dictionary<string, string> Tips(GitResult result, HashSet<string> names) =>
        result.Text.Split('\n').Select(line => line.Split('\t')).Where(parts => parts.Length == 2 && names.Contains(parts[1]))
            .ToDictionary(parts => parts[1]["refs/heads/".Length..], parts => parts[0], StringComparer.Ordinal);
}
