using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;

namespace Promises.Server.Features.Fleet;

/// <summary>One kind of object that clients write: how it is found, shown, edited. The routes, patches and streams are the same for all.</summary>
internal interface IFleetKind
{
    string Kind { get; }

    /// <summary>Such as <c>/clusters</c>.</summary>
    string Route { get; }

    /// <summary>Whose token it takes to write it.</summary>
    Role Writer { get; }

    /// <summary>Documents of a stream are put in this order, so that references are met.</summary>
    int Order { get; }

    /// <summary>Whether a document of a stream is of this kind.</summary>
    bool Takes(FleetDocument document);

    /// <summary>The object, null if there is none that clients can see.</summary>
    Task<FleetObject?> FindAsync(PromisesDb database, string name, CancellationToken cancellationToken);

    /// <summary>The spec in the form that clients write: what a patch is merged into.</summary>
    Task<JsonObject> SpecAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken);

    /// <summary>The object as clients see it; null if it is gone since it was read.</summary>
    Task<JsonObject?> ViewAsync(PromisesDb database, FleetObject source, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> objects by name after <paramref name="after"/>, of those whose labels match.</summary>
    Task<IReadOnlyList<JsonObject>> ListAsync(
        PromisesDb database, string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken);

    /// <summary>Those of these names that clients can see, in any order.</summary>
    Task<IReadOnlyList<JsonObject>> NamedAsync(PromisesDb database, IReadOnlyCollection<string> names, CancellationToken cancellationToken);

    /// <summary>What only the fleet can tell of a document: whether what it refers to exists, and whether it changes what must stay.</summary>
    Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, FleetDocument document, CancellationToken cancellationToken);

    /// <summary>Of a valid document.</summary>
    Task<Outcome<Edited>> PutAsync(FleetEdit edit, FleetDocument document, PutMode mode, CancellationToken cancellationToken);

    Task<Outcome<Edited>> DeleteAsync(FleetEdit edit, string name, CancellationToken cancellationToken);
}
