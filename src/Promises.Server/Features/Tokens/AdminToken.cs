using System.Text;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Scheduling;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Tokens;

/// <summary>
/// The first admin token. It is made when the database has no admin token at all, and lies in <c>admin.token</c> in the data directory of the replica that made it. If the
/// file is lost while the token exists, nothing is made up for it: ask another admin for a token, or restore the file.
/// </summary>
internal sealed partial class AdminToken(PromisesDb db, DataDirectory directory, TimeProvider time, ILogger<AdminToken> log)
{
    public const string Name = "admin";

    public const string FileName = "admin.token";

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // Under the fleet lock, so that of several replicas that start at once only one makes it.
        var change = await FleetLock.TakeAsync(db, cancellationToken);
        if (await db.AccessTokens.AnyAsync(token => token.Role == Role.Admin, cancellationToken)) return;

        var (text, now) = (TokenText.New(), time.GetUtcNow());
        var none = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var token = AccessToken.Create(
            new ObjectMeta(Name, none, none), Role.Admin, TokenText.Hash(text), TokenText.Prefix(text), expiresAt: null,
            new Stamp(change, now, Guid.CreateVersion7(now)));
        db.AccessTokens.Add(token);
        db.Changes.Add(new Change(change, now, "promises", "POST", "/tokens", $"Token {Name} made at the first start", Impact.None.ToJson().ToJsonString()));
        db.FleetEvents.Add(new FleetEvent(change, 0, EventType.Added, "Token", Name));
        await db.SaveChangesAsync(cancellationToken);

        // The file comes first: a crash in between leaves a file without token, which the next start replaces, and never a token that nobody knows.
        await directory.WriteFileAsync(FileName, Encoding.ASCII.GetBytes($"{text}\n"), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogMade(directory.PathOf(FileName));
    }

    [LoggerMessage(LogLevel.Information, "The first admin token lies in {Path}")]
    private partial void LogMade(string path);
}
