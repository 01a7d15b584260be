using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Reconciling;

namespace Promises.Server.Features.StateStores;

/// <summary>Has a store looked at and written now, whatever it waits for. It is no change: what is wanted stays as it is.</summary>
internal static class SyncStore
{
    public sealed record Command(string Name, bool DryRun) : IRequest<Outcome<JsonObject>>;

    internal sealed class Handler(PromisesDb database, SyncRequests requests) : IRequestHandler<Command, Outcome<JsonObject>>
    {
        public async Task<Outcome<JsonObject>> Handle(Command command, CancellationToken cancellationToken)
        {
            var store = await database.StateStores.AsNoTracking().SingleOrDefaultAsync(row => row.Name == command.Name, cancellationToken);
            if (store is null) return new Failure.NotFound(StateStoreView.Kind, command.Name);
            if (!command.DryRun) await requests.MakeAsync(store.Name, cancellationToken);
            return await StateStoreView.ReadAsync(database, store, [], cancellationToken);
        }
    }
}
