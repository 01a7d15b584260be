using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

/// <summary>What a cluster refers to: it exists when the cluster is registered, and stays the same ever after.</summary>
internal static class ClusterReferences
{
    /// <summary>Where a new cluster belongs: as the document says, else the first rung, the store <c>default</c>, and a path after its name.</summary>
    public static (string Environment, string Store, string Path) WithDefaults(FleetEdit edit, ClusterDocument document) => (
        document.Spec.Environment ?? (edit.Draft.Ladder is [var first, ..] ? first.Name : ""),
        document.Spec.StateStore ?? "default",
        document.Spec.Path ?? $"clusters/{document.Meta.Name}");

    public static async Task<IReadOnlyList<FieldError>> CheckAsync(FleetEdit edit, ClusterDocument document, CancellationToken cancellationToken)
    {
        var existing = await edit.Database.Clusters.FindAsync([document.Meta.Name], cancellationToken);
        if (existing is not null) return Changed(existing, document);

        var (environment, store, path) = WithDefaults(edit, document);
        return [.. Unknown(edit, document, environment, store), .. await ClusterPaths.CheckAsync(edit, document.Meta.Name, store, path, document.Sources.Path, cancellationToken)];
    }

    private static IEnumerable<FieldError> Unknown(FleetEdit edit, ClusterDocument document, string environment, string store)
    {
        if (edit.Draft.FindEnvironment(environment) is null)
        {
            yield return new FieldError(
                document.Sources.Environment, environment, Rules.UnknownEnvironment,
                $"Use one of {string.Join(", ", edit.Draft.Ladder.Select(rung => rung.Name))}, or create it with POST /environments.");
        }

        if (edit.Draft.FindStore(store) is null)
        {
            yield return new FieldError(
                document.Sources.StateStore, store, Rules.UnknownStateStore, "Name a state store of GET /state-stores, or create it with POST /state-stores.");
        }
    }

    private static IReadOnlyList<FieldError> Changed(Cluster cluster, ClusterDocument document)
    {
        var (spec, sources) = (document.Spec, document.Sources);
        var parts = new[]
        {
            (Pointer: sources.Environment, Sent: spec.Environment, Current: cluster.Environment),
            (Pointer: sources.StateStore, Sent: spec.StateStore, Current: cluster.StateStore),
            (Pointer: sources.Path, Sent: spec.Path, Current: cluster.Path),
        };
        return
        [
            .. parts.Where(part => part.Sent is not null && part.Sent != part.Current).Select(part => new FieldError(
                part.Pointer, part.Sent, Rules.Immutable, $"It is '{part.Current}' for good. Register a new cluster, and delete this one when that is complete.")),
        ];
    }
}
