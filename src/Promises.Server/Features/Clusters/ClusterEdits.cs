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
        var (meta, spec) = (document.Meta, document.Spec);
        var existing = await edit.Database.Clusters.FindAsync([meta.Name], cancellationToken);
        if (existing is { Leaving: true }) return Leaving(meta.Name);
        if (existing is not null && mode == PutMode.Create)
            return new Failure.AlreadyExists(ClusterView.Kind, meta.Name, $"A Cluster named '{meta.Name}' exists. PUT /clusters/{meta.Name} replaces it.");
        if (edit.Request.Check(ClusterView.Kind, meta.Name, existing, meta.ResourceVersion) is { } failure) return failure;

        return existing is null
            ? await RegisterAsync(edit, document, cancellationToken)
            : Change(edit, existing, document);
    }

    public static async Task<Outcome<Edited>> DeleteAsync(
        FleetEdit edit, string name, bool keepFiles, CancellationToken cancellationToken)
    {
        var cluster = await edit.Database.Clusters.FindAsync([name], cancellationToken);
        if (cluster is null or { Leaving: true }) return new Failure.NotFound(ClusterView.Kind, name);
        if (edit.Request.Check(ClusterView.Kind, name, cluster, null) is { } failure) return failure;

        var asItWas = await ClusterView.ReadAsync(edit.Database, cluster, [], cancellationToken);
        edit.Draft = edit.Draft.WithoutCluster(name);
        edit.Touch(EventType.Deleted, ClusterView.Kind, name);
        if (keepFiles)
        {
            // What stays on the branch is no longer ours, so nothing of it is removed.
            edit.Draft = edit.Draft.WithPlacements(name, []);
            edit.KeepingFiles.Add(name);
        }

        cluster.Leave(edit.Stamp());
        return new Edited(ClusterView.Kind, name, Effect.Deleted, [], _ => Task.FromResult(asItWas));
    }

    private static async Task<Outcome<Edited>> RegisterAsync(FleetEdit edit, ClusterDocument document, CancellationToken cancellationToken)
    {
        var (meta, spec) = (document.Meta, document.Spec);
        var environment = spec.Environment ?? (edit.Draft.Ladder is [var first, ..] ? first.Name : "");
        var store = spec.StateStore ?? "default";
        var path = spec.Path ?? $"clusters/{meta.Name}";

        var errors = References(edit, document, environment, store);
        if (errors.Count == 0) errors.AddRange(await ClusterPaths.CheckAsync(edit, meta.Name, store, path, document.Sources.Path, cancellationToken));
        if (errors.Count > 0) return new Failure.Invalid(ClusterView.Kind, errors);

        var cluster = Cluster.Register(meta, spec, environment, store, path, edit.Stamp());
        edit.Database.Clusters.Add(cluster);
        edit.Draft = edit.Draft.WithCluster(ClusterState.From(cluster));
        edit.Touch(EventType.Added, ClusterView.Kind, meta.Name);
        return Done(edit, cluster, Effect.Created, document.Warnings);
    }

    private static Outcome<Edited> Change(FleetEdit edit, Cluster cluster, ClusterDocument document)
    {
        var spec = document.Spec;
        var errors = new List<FieldError>();
        Immutable(errors, document.Sources.Environment, spec.Environment, cluster.Environment);
        Immutable(errors, document.Sources.StateStore, spec.StateStore, cluster.StateStore);
        Immutable(errors, document.Sources.Path, spec.Path, cluster.Path);
        if (errors.Count > 0) return new Failure.Invalid(ClusterView.Kind, errors);

        var agent = cluster.Agent;
        if (!cluster.Change(document.Meta, spec, edit.Stamp())) return Done(edit, cluster, Effect.Unchanged, document.Warnings);

        if (cluster.Agent != agent) edit.Resited.Add(cluster.Name);
        edit.Draft = edit.Draft.WithCluster(ClusterState.From(cluster));
        edit.Touch(EventType.Modified, ClusterView.Kind, cluster.Name);
        return Done(edit, cluster, Effect.Updated, document.Warnings);
    }

    private static List<FieldError> References(FleetEdit edit, ClusterDocument document, string environment, string store)
    {
        var errors = new List<FieldError>();
        if (edit.Draft.FindEnvironment(environment) is null)
        {
            errors.Add(new FieldError(
                document.Sources.Environment, environment, Rules.UnknownEnvironment,
                $"Use one of {string.Join(", ", edit.Draft.Ladder.Select(rung => rung.Name))}, or create it with POST /environments."));
        }

        if (edit.Draft.FindStore(store) is null)
        {
            errors.Add(new FieldError(
                document.Sources.StateStore, store, Rules.UnknownStateStore, "Name a state store of GET /state-stores, or create it with POST /state-stores."));
        }

        return errors;
    }

    private static void Immutable(List<FieldError> errors, string pointer, string? sent, string current)
    {
        if (sent is not null && sent != current)
            errors.Add(new FieldError(pointer, sent, Rules.Immutable, $"It is '{current}' for good. Register a new cluster, and delete this one when that is complete."));
    }

    private static Outcome<Edited> Done(FleetEdit edit, Cluster cluster, Effect effect, IReadOnlyList<Warning> warnings) =>
        new Edited(ClusterView.Kind, cluster.Name, effect, warnings, token => ClusterView.ReadAsync(edit.Database, cluster, warnings, token), $"/clusters/{cluster.Name}");

    private static Failure.AlreadyExists Leaving(string name) =>
        new(ClusterView.Kind, name, $"The files of the former Cluster '{name}' are still being removed. The name is free once they are off the branch.");
}
