namespace Promises.EndToEnd.Tests.Faults;

/// <summary>Holds every commit of a branch against the model at the version that the commit says it reflects.</summary>
/// <param name="retains">Promises, and whether a cluster that stops matching keeps them.</param>
/// <param name="accepted">Writes that concern the branch, by the number of their change.</param>
/// <param name="isAlone">Nobody else writes to it.</param>
internal sealed class HistoryCheck(int seed, IReadOnlyDictionary<string, bool> retains, IReadOnlyDictionary<long, ModelWrite> accepted, bool isAlone)
{
    private readonly FleetModel _model = new();
    private readonly List<string> _applied = [];
    private readonly Dictionary<string, IReadOnlySet<string>> _kept = new(StringComparer.Ordinal);

    public void Run(BranchHistory repository, string branch)
    {
        foreach (var (promise, isRetained) in retains) _model.Define(promise, isRetained);

        var commits = repository.Read(branch);
        commits.Select(commit => commit.Version).ShouldBeInOrder(SortDirection.Ascending, $"seed {seed}: older content came after newer on {branch}");
        commits.SelectMany(commit => commit.Changes).ShouldBeUnique($"seed {seed}: a change stands in two commits of {branch}");
        foreach (var commit in commits) commit.Changes.ShouldBeSubsetOf(accepted.Keys, $"seed {seed}: commit {commit.Id} of {branch} names what does not concern it");

        var writes = accepted.OrderBy(write => write.Key).ToList();
        var next = 0;
        BranchCommit? before = null;
        foreach (var commit in commits)
        {
            for (; next < writes.Count && writes[next].Key <= commit.Version; next++) Apply(writes[next].Key, writes[next].Value, before);
            Compare(commit, $"seed {seed}: commit {commit.Id} of {branch} of version {commit.Version}");
            before = commit;
        }

        for (; next < writes.Count; next++) Apply(writes[next].Key, writes[next].Value, before);
        Compare(repository.Tip(branch), $"seed {seed}: {branch} at rest");
    }

    /// <param name="before">The last commit that does not know of the write yet.</param>
    private void Apply(long change, ModelWrite write, BranchCommit? before)
    {
        // Files that are kept are nobody's any more: they stay as our last commit left them, also where that was behind what was wanted.
        if (write is ModelWrite.OffBoard { KeepsFiles: true } left && _model.DirectoryOf(left.Cluster) is var directory) _kept[directory] = Below(before, directory);
        if (write is ModelWrite.Register registered)
            Below(before, registered.Directory).ShouldBeEmpty($"seed {seed}: {registered} was accepted as {change} before what was there had gone");
        _model.Apply(write);
        _applied.Add($"{change} {write}");
    }

    private void Compare(BranchCommit commit, string at)
    {
        // How the writes fell is not to be had again by the seed.
        var when = $"{at}, after\n{string.Join('\n', _applied)}";
        Ours(commit.Files).ShouldBe(_model.Files.Order(), when);
        Ours(commit.Children).ShouldBe(_model.Files.Select(file => file[..file.LastIndexOf(' ')]).Order(), $"children, {when}");
        commit.Directories.Where(directory => !_kept.ContainsKey(directory)).Order().ShouldBe(_model.Directories.Order(), $"directories, {when}");
        foreach (var (directory, files) in _kept) Below(commit, directory).Order().ShouldBe(files.Order(), $"kept in {directory}, {when}");
        if (isAlone) commit.Entries.Where(entry => !IsSomeones(entry.Split('/'))).ShouldBeEmpty($"left behind, {when}");
    }

    private bool IsSomeones(string[] path) => path is ["clusters", var directory, _, ..] && (_model.Directories.Contains(directory) || _kept.ContainsKey(directory));

    private IEnumerable<string> Ours(IEnumerable<string> files) => files.Where(file => !_kept.ContainsKey(file.Split(' ')[1])).Order();

    private static HashSet<string> Below(BranchCommit? commit, string directory) =>
        (commit?.Entries ?? []).Where(entry => entry.StartsWith($"clusters/{directory}/", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
}
