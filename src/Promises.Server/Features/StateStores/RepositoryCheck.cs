using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Features.StateStores;

/// <summary>What a URL alone does not tell: whether the name resolves to an address that is never written to, and whether a local repository is there.</summary>
internal sealed class RepositoryCheck(StateStoreProvider stores)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<FieldError>> CheckAsync(string url, string pointer, CancellationToken cancellationToken)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.IsFile)
        {
            return IsBareRepository(parsed.LocalPath)
                ? []
                : [new FieldError(pointer, url, Rules.Url, "There is no bare repository. Make one with: git init --bare " + parsed.LocalPath)];
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await stores.Guard.RefusalAsync(url, limit.Token) is { } refusal ? [new FieldError(pointer, url, Rules.Url, refusal)] : [];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A name server that does not answer is no mistake of the client: every use is checked again.
            return [];
        }
    }

    private static bool IsBareRepository(string path) =>
        File.Exists(Path.Combine(path, "HEAD")) && Directory.Exists(Path.Combine(path, "objects")) && Directory.Exists(Path.Combine(path, "refs"));
}
