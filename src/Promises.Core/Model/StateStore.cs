namespace Promises.Model;

public enum Layout { Placements, Kratix }

/// <summary>How what is wanted gets onto the branch: pushed by us, or proposed on a branch of its own and merged by somebody else.</summary>
public enum DeliveryMode { Push, Proposal }

public sealed record GitIdentity(string Name, string Email);

/// <summary>A remote repository.</summary>
/// <param name="Branch">As a <see cref="BranchPattern"/>.</param>
/// <param name="Path">Put before every cluster's path; empty for none.</param>
/// <param name="Committer">The author where null.</param>
/// <param name="SigningKeyRef">The credential whose key signs the commits; null for commits without a signature.</param>
public sealed record GitSpec(
    string Url, string Branch, string? CredentialsRef, GitIdentity Author, GitIdentity? Committer, string Path, string? SigningKeyRef = null,
    DeliveryMode Mode = DeliveryMode.Push, GitWriter Writer = GitWriter.Git);

/// <summary>A bare repository in the data directory. No other host has a say in it, so what needs no git program is done without one, unless told otherwise.</summary>
public sealed record EmbeddedSpec(GitWriter Writer = GitWriter.Direct);

/// <param name="Git">Null for an embedded store.</param>
public sealed record StateStoreSpec(GitSpec? Git, Layout Layout)
{
    /// <summary>Null for a remote repository.</summary>
    public EmbeddedSpec? Embedded { get; init; } = Git is null ? new EmbeddedSpec() : null;
}

/// <summary>Where clusters' objects are written: one branch of a Git repository for all of them, or one for each.</summary>
public sealed class StateStore : FleetObject
{
    private StateStore() { }

    /// <summary>Null for an embedded store.</summary>
    public string? Url { get; private set; }

    /// <summary>As a <see cref="BranchPattern"/>.</summary>
    public string Branch { get; private set; } = "main";

    public string? CredentialName { get; private set; }

    /// <summary>The credential whose key signs the commits; null for none.</summary>
    public string? SigningKeyName { get; private set; }

    public string AuthorName { get; private set; } = DefaultAuthor.Name;

    public string AuthorEmail { get; private set; } = DefaultAuthor.Email;

    public string? CommitterName { get; private set; }

    public string? CommitterEmail { get; private set; }

    /// <summary>Put before every cluster's path; empty for none.</summary>
    public string BasePath { get; private set; } = "";

    public Layout Layout { get; private set; }

    public DeliveryMode Mode { get; private set; }

    public GitWriter Writer { get; private set; }

    public bool IsByProposal => Mode == DeliveryMode.Proposal;

    public static GitIdentity DefaultAuthor { get; } = new("Promises", "promises@localhost");

    public bool IsEmbedded => Url is null;

    public bool IsBranchPerCluster => BranchPattern.IsPerCluster(Branch);

    public string BranchOf(string cluster) => BranchPattern.Of(Branch, cluster);

    public static StateStore Create(ObjectMeta meta, StateStoreSpec spec, Stamp stamp)
    {
        var store = new StateStore();
        store.Begin(meta, stamp);
        store.Take(spec);
        return store;
    }

    public bool Change(ObjectMeta meta, StateStoreSpec spec, Stamp stamp)
    {
        var changed = spec != Spec();
        Take(spec);
        return Update(meta, changed, stamp);
    }

    public StateStoreSpec Spec() => new(
        Url is null ? null : new GitSpec(
            Url, Branch, CredentialName, new GitIdentity(AuthorName, AuthorEmail),
            CommitterName is null ? null : new GitIdentity(CommitterName, CommitterEmail!), BasePath, SigningKeyName, Mode, Writer),
        Layout)
    {
        Embedded = Url is null ? new EmbeddedSpec(Writer) : null,
    };

    private void Take(StateStoreSpec spec)
    {
        var git = spec.Git;
        (Url, Branch, CredentialName, BasePath, Layout) = (git?.Url, git?.Branch ?? "main", git?.CredentialsRef, git?.Path ?? "", spec.Layout);
        (SigningKeyName, Mode, Writer) = (git?.SigningKeyRef, git?.Mode ?? DeliveryMode.Push, git?.Writer ?? spec.Embedded!.Writer);
        (AuthorName, AuthorEmail) = (git?.Author.Name ?? DefaultAuthor.Name, git?.Author.Email ?? DefaultAuthor.Email);
        (CommitterName, CommitterEmail) = (git?.Committer?.Name, git?.Committer?.Email);
    }
}
