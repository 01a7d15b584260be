using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

/// <summary>What registering, changing and off-boarding a cluster do to the fleet.</summary>
internal static class ClusterEdits
{
    public static async Task<Outcome<Edited>> PutAsync(
        FleetEdit edit, ClusterDocument document, PutMode mode, CancellationToken cancellationToken)
    {
        var meta = document.Meta;
        var existing = await edit.Database.Clusters.FindAsync([meta.Name], cancellationToken);
        if (existing is { Leaving: true }) return Leaving(meta.Name);
        if (existing is not null && mode == PutMode.Create)
            return new Failure.AlreadyExists(ClusterView.Kind, meta.Name, $"A Cluster named '{meta.Name}' exists. PUT /clusters/{meta.Name} replaces it.");
        if (edit.Request.Check(ClusterView.Kind, meta.Name, existing, meta.ResourceVersion) is { } failure) return failure;

        var errors = await ClusterReferences.CheckAsync(edit, document, cancellationToken);
        if (errors.Count > 0) return new Failure.Invalid(ClusterView.Kind, errors);
        return existing is null ? Register(edit, document) : Change(edit, existing, document);
    }

    public static async Task<Outcome<Edited>> DeleteAsync(
        FleetEdit edit, string name, bool keepFiles, CancellationToken cancellationToken)
    {
        var cluster = await edit.Database.Clusters.FindAsync([name], cancellationToken);
        if (cluster is null or { Leaving: true }) return new Failure.NotFound(ClusterView.Kind, name);
        if (edit.Request.Check(ClusterView.Kind, name, cluster, null) is { } failure) return failure;

        var asItWas = await ClusterView.ReadAsync(edit, cluster, [], cancellationToken);
        edit.Draft = edit.Draft.WithoutCluster(name);
        edit.Touch(EventType.Deleted, ClusterView.Kind, name);
        if (keepFiles)
        {
            // What stays on the branch is no longer ours, so nothing of it is removed.
            edit.Draft = edit.Draft.WithPlacements(name, []);
            edit.KeepingFiles.Add(name);
            // There is nothing to write, but perhaps it was what the store was waiting for.
            edit.EditedStores.Add(cluster.StateStore);
        }

        cluster.Leave(edit.Stamp());
        return new Edited(ClusterView.Kind, name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
    }

    private static Outcome<Edited> Register(FleetEdit edit, ClusterDocument document)
    {
        var (meta, spec) = (document.Meta, document.Spec);
        var (environment, store, path) = ClusterReferences.WithDefaults(edit, document);
        var cluster = Cluster.Register(meta, spec, environment, store, path, edit.Stamp());
        edit.Database.Clusters.Add(cluster);
        edit.Draft = edit.Draft.WithCluster(ClusterState.From(cluster));
        edit.Touch(EventType.Added, ClusterView.Kind, meta.Name);
        return Done(edit, cluster, Effect.Created, document.Warnings);
    }

    private static Outcome<Edited> Change(FleetEdit edit, Cluster cluster, ClusterDocument document)
    {
        var agent = cluster.Agent;
        if (!cluster.Change(document.Meta, document.Spec, edit.Stamp())) return Done(edit, cluster, Effect.Unchanged, document.Warnings);

        if (cluster.Agent != agent) edit.Resited.Add(cluster.Name);
        edit.Draft = edit.Draft.WithCluster(ClusterState.From(cluster));
        edit.Touch(EventType.Modified, ClusterView.Kind, cluster.Name);
        return Done(edit, cluster, Effect.Updated, document.Warnings);
    }

    private static Outcome<Edited> Done(FleetEdit edit, Cluster cluster, Effect effect, IReadOnlyList<Warning> warnings) =>
        new Edited(ClusterView.Kind, cluster.Name, effect, warnings, token => ClusterView.ReadAsync(edit, cluster, warnings, token), $"/clusters/{cluster.Name}");

    private static Failure.AlreadyExists Leaving(string name) =>
        new(ClusterView.Kind, name, $"The files of the former Cluster '{name}' are still being removed. The name is free once they are off the branch.");
}
