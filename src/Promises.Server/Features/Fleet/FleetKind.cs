using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;

namespace Promises.Server.Features.Fleet;

/// <summary>A kind by its entity and its document, so that each says only what is its own.</summary>
internal abstract class FleetKind<TObject, TDocument>(string kind, string route, Role writer, int order) : IFleetKind
    where TObject : FleetObject
    where TDocument : FleetDocument
{
    public string Kind => kind;

    public string Route => route;

    public Role Writer => writer;

    public int Order => order;

    public bool Takes(FleetDocument document) => document is TDocument;

    public async Task<FleetObject?> FindAsync(PromisesDb database, string name, CancellationToken cancellationToken) =>
        await database.Set<TObject>().FindAsync([name], cancellationToken) is { } found && IsVisible(found) ? found : null;

    public Task<JsonObject> SpecAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        SpecAsync(database, (TObject)source, cancellationToken);

    public async Task<JsonObject?> ViewAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken) =>
        (await ViewsAsync(database, [(TObject)source], cancellationToken)).SingleOrDefault();

    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        PromisesDb database, string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken) =>
        await ViewsAsync(database, await Listing.PageAsync(Visible(database.Set<TObject>().AsNoTracking()), after, limit, selector, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<JsonObject>> NamedAsync(PromisesDb database, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        await ViewsAsync(database, await Visible(database.Set<TObject>().AsNoTracking()).Where(found => names.Contains(found.Name)).ToListAsync(cancellationToken), cancellationToken);

    public Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, FleetDocument document, CancellationToken cancellationToken) =>
        CheckAsync(edit, (TDocument)document, cancellationToken);

    public Task<Outcome<Edited>> PutAsync(FleetEdit edit, FleetDocument document, PutMode mode, CancellationToken cancellationToken) =>
        PutAsync(edit, (TDocument)document, mode, cancellationToken);

    public abstract Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken);

    /// <summary>Whether clients see it; what is leaving they do not.</summary>
    protected virtual bool IsVisible(TObject found) => true;

    /// <summary>The same as <see cref="IsVisible"/>, for the database.</summary>
    protected virtual IQueryable<TObject> Visible(IQueryable<TObject> all) => all;

    protected abstract Task<JsonObject> SpecAsync(PromisesDb database, TObject source, CancellationToken cancellationToken);

    /// <summary>In the same order, but for those that are gone since they were read.</summary>
    protected abstract Task<IReadOnlyList<JsonObject>> ViewsAsync(PromisesDb database, IReadOnlyList<TObject> sources, CancellationToken cancellationToken);

    protected virtual Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, TDocument document, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<FieldError>>([]);

    protected abstract Task<Outcome<Edited>> PutAsync(FleetEdit edit, TDocument document, PutMode mode, CancellationToken cancellationToken);
}
