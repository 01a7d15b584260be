using Microsoft.EntityFrameworkCore.Storage;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Tokens;

/// <summary>One change to the tokens: takes the fleet lock and a number, and keeps the change and its event beside the token. A dry run keeps nothing.</summary>
internal sealed class TokenChange : IAsyncDisposable
{
    private readonly PromisesDb _db;
    private readonly TokenRequest _request;
    private readonly IDbContextTransaction? _transaction;

    private TokenChange(PromisesDb db, TokenRequest request, IDbContextTransaction? transaction, Stamp stamp) =>
        (_db, _request, _transaction, Stamp) = (db, request, transaction, stamp);

    public Stamp Stamp { get; }

    public static async Task<TokenChange> BeginAsync(PromisesDb db, TokenRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var uid = Guid.CreateVersion7(now);
        if (request.DryRun) return new TokenChange(db, request, null, new Stamp(await FleetLock.VersionAsync(db, cancellationToken), now, uid));

        var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        return new TokenChange(db, request, transaction, new Stamp(await FleetLock.TakeAsync(db, cancellationToken), now, uid));
    }

    public async Task CommitAsync(EventType type, string name, string summary, CancellationToken cancellationToken)
    {
        _db.Changes.Add(new Change(Stamp.Change, Stamp.At, _request.By, _request.Method, _request.Path, summary, "{}"));
        _db.FleetEvents.Add(new FleetEvent(Stamp.Change, 0, type, "Token", name));
        await _db.SaveChangesAsync(cancellationToken);
        await _transaction!.CommitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _transaction?.DisposeAsync() ?? ValueTask.CompletedTask;
}
