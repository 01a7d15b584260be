namespace Promises.Model.Documents;

/// <summary>One document of a client, read and found valid as far as the document alone can tell.</summary>
public abstract record FleetDocument(ObjectMeta Meta, IReadOnlyList<Warning> Warnings)
{
    /// <summary>The kind in our words, whatever the document called it.</summary>
    public abstract string Kind { get; }
}

/// <param name="Sources">Where references stand in the document as it was sent.</param>
public sealed record ClusterDocument(ObjectMeta Meta, ClusterSpec Spec, ClusterSources Sources, IReadOnlyList<Warning> Warnings) : FleetDocument(Meta, Warnings)
{
    public override string Kind => Kinds.Cluster;
}

/// <summary>Pointers to what refers to other objects, for errors that only the fleet can tell.</summary>
public sealed record ClusterSources(string Environment, string StateStore, string Path)
{
    public static ClusterSources Ours { get; } = new("/spec/environment", "/spec/stateStore/name", "/spec/stateStore/path");
}

public sealed record EnvironmentDocument(ObjectMeta Meta, EnvironmentSpec Spec, IReadOnlyList<Warning> Warnings) : FleetDocument(Meta, Warnings)
{
    public override string Kind => Kinds.Environment;
}

/// <param name="Sources">Where url and credential stand in the document as it was sent.</param>
public sealed record StateStoreDocument(ObjectMeta Meta, StateStoreSpec Spec, StateStoreSources Sources, IReadOnlyList<Warning> Warnings) : FleetDocument(Meta, Warnings)
{
    public override string Kind => Kinds.StateStore;
}

/// <summary>Pointers to what refers to other objects, for errors that only the fleet can tell.</summary>
public sealed record StateStoreSources(string Url, string Credential)
{
    public static StateStoreSources Ours { get; } = new("/spec/git/url", "/spec/git/credentialsRef");
}

public sealed record CredentialDocument(ObjectMeta Meta, CredentialSpec Spec, IReadOnlyList<Warning> Warnings) : FleetDocument(Meta, Warnings)
{
    public override string Kind => Kinds.Credential;
}

public sealed record TokenDocument(ObjectMeta Meta, TokenSpec Spec, IReadOnlyList<Warning> Warnings) : FleetDocument(Meta, Warnings)
{
    public override string Kind => Kinds.Token;
}

/// <param name="ExpiresAt">Null for never.</param>
public sealed record TokenSpec(Role Role, DateTimeOffset? ExpiresAt);

/// <summary>Has no name of its own: the name of its <see cref="FleetDocument.Meta"/> is empty.</summary>
public sealed record PromotionDocument(ObjectMeta Meta, PromotionSpec Spec, IReadOnlyList<Warning> Warnings) : FleetDocument(Meta, Warnings)
{
    public override string Kind => Kinds.Promotion;
}

/// <param name="Promises">In the order sent, so that the index is that of the pointer; empty with <paramref name="All"/>.</param>
public sealed record PromotionSpec(string From, string To, IReadOnlyList<string> Promises, bool All, string? Note);

/// <summary>A document of a stream that is none of our business. Its one warning says so.</summary>
public sealed record SkippedDocument(string SkippedKind, ObjectMeta Meta, IReadOnlyList<Warning> Warnings) : FleetDocument(Meta, Warnings)
{
    public override string Kind => SkippedKind;
}
