using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Promises.Data;

namespace Promises.Server.Http.Auth;

/// <summary>
/// Finds tokens by their digest. What was found is kept for some seconds, so a token that another replica revokes works that long; one that is revoked here
/// ends at once. What was not found is asked for again each time: a token that another replica has just made works at once.
/// </summary>
internal sealed class TokenDirectory(IServiceScopeFactory scopes, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    private sealed record Entry(Caller Caller, byte[] Hash, DateTimeOffset? ExpiresAt, DateTimeOffset ReadAt);

    /// <summary>Null if there is no such token, or it has expired.</summary>
    public async Task<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (!TokenText.IsPossible(token)) return null;

        // Looked up by digest, and compared in constant time: how long it takes says nothing about how near a guess was.
        var hash = TokenText.Hash(token);
        var key = Convert.ToHexString(hash);
        var now = time.GetUtcNow();
        if (!_known.TryGetValue(key, out var entry) || now - entry.ReadAt > Kept)
        {
            entry = await LoadAsync(hash, now, cancellationToken);
            if (entry is null)
            {
                _known.TryRemove(key, out _);
                return null;
            }

            _known[key] = entry;
        }

        return CryptographicOperations.FixedTimeEquals(entry.Hash, hash) && (entry.ExpiresAt is null || now < entry.ExpiresAt) ? entry.Caller : null;
    }

    /// <summary>Call it when a token was revoked.</summary>
    public void Forget(string name)
    {
        foreach (var (key, _) in _known.Where(known => known.Value.Caller.Token == name)) _known.TryRemove(key, out _);
    }

    private async Task<Entry?> LoadAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var token = await scope.ServiceProvider.GetRequiredService<PromisesDb>().AccessTokens.AsNoTracking()
            .SingleOrDefaultAsync(token => token.Hash == hash, cancellationToken);
        return token is null ? null : new Entry(new Caller(token.Name, token.Role), token.Hash, token.ExpiresAt, now);
    }
}
