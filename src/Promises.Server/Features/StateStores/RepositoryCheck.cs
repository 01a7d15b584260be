using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.StateStores;

namespace Promises.Server.Features.StateStores;

/// <summary>What a URL alone does not tell: whether the name resolves to an address that is never written to, and whether a local repository is there.</summary>
internal sealed class RepositoryCheck(StateStoreProvider stores)
{
    private const int AtATime = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Within a write. What is not known yet counts as right: the write is made again when it is.</summary>
    public static IReadOnlyList<FieldError> Check(FleetEdit edit, string url, string pointer)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.IsFile)
        {
            return IsBareRepository(parsed.LocalPath)
                ? []
                : [new FieldError(pointer, url, Rules.Url, "There is no bare repository. Make one with: git init --bare " + parsed.LocalPath)];
        }

        return edit.Lookups.TryFind(url, out var refusal) && refusal is not null ? [new FieldError(pointer, url, Rules.Url, refusal)] : [];
    }

    /// <summary>Finds out what a write has asked for.</summary>
    public async Task LookUpAsync(Lookups lookups, CancellationToken cancellationToken)
    {
        foreach (var urls in lookups.Open.ToList().Chunk(AtATime))
        {
            var refusals = await Task.WhenAll(urls.Select(url => RefusalAsync(url, cancellationToken)));
            foreach (var (url, refusal) in urls.Zip(refusals)) lookups.Found(url, refusal);
        }
    }

    private async Task<string?> RefusalAsync(string url, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await stores.Guard.RefusalAsync(url, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A name server that does not answer is no mistake of the client: every use is checked again.
            return null;
        }
    }

    private static bool IsBareRepository(string path) =>
        File.Exists(Path.Combine(path, "HEAD")) && Directory.Exists(Path.Combine(path, "objects")) && Directory.Exists(Path.Combine(path, "refs"));
}
