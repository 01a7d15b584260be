namespace Promises.Model;

/// <summary>
/// That an accepted change takes files away. Rows of placements and clusters say what is wanted and may be damaged; no file is deleted without one of these
/// beside them. It is spent once the branch reflects its change.
/// </summary>
public sealed class RemovalGrant
{
    private RemovalGrant() { }

    public long Number { get; private set; }

    /// <summary>Number of the change.</summary>
    public long Change { get; private set; }

    public string StateStore { get; private set; } = "";

    public string Cluster { get; private set; } = "";

    /// <summary>Whose files; null for those of the cluster itself, and with <see cref="Files"/> null too for all it has.</summary>
    public string? Promise { get; private set; }

    /// <summary>What its files are, as <c>FileIdentity</c> has it; null for all files of that owner.</summary>
    public string[]? Files { get; private set; }

    /// <param name="promise">Owner of the file; null for the cluster itself.</param>
    public bool Covers(string cluster, string? promise, string file) => Cluster == cluster && (
        (Promise is null && Files is null) || (Promise == promise && (Files is null || Files.Contains(file, StringComparer.Ordinal))));
}
