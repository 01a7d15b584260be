using System.Text.RegularExpressions;

namespace Promises.StateStores;

/// <summary>The bare repositories in the data directory, one per embedded store.</summary>
public interface IEmbeddedStores
{
    /// <summary>Makes the repository unless it is there.</summary>
    Task EnsureAsync(string name, CancellationToken cancellationToken);

    Task RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Where the repository of a store is, or would be.</summary>
    string PathOf(string name);
}

internal sealed partial class EmbeddedStores(GitOptions options, GitProcess git, StoreLocks locks) : IEmbeddedStores
{
    public string PathOf(string name) =>
        Name().IsMatch(name) ? Path.Combine(options.StoresDirectory, $"{name}.git") : throw new ArgumentException("Not the name of a store.", nameof(name));

    public async Task EnsureAsync(string name, CancellationToken cancellationToken)
    {
        var repository = new Repository(PathOf(name), git);
        if (repository.Exists) return;
        using var held = await locks.EnterAsync(repository.Directory, cancellationToken);
        if (!repository.Exists) await repository.InitAsync(EmbeddedStore.Branch, cancellationToken);
    }

    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var repository = new Repository(PathOf(name), git);
        using var held = await locks.EnterAsync(repository.Directory, cancellationToken);
        repository.Delete();
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
