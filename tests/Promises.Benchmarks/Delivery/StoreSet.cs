using System.Diagnostics;
using Promises.Benchmarks.Floors;
using Promises.Benchmarks.Harness;

namespace Promises.Benchmarks.Delivery;

/// <summary>Several repositories, each a state store, and plain git with as many of the same content beside them.</summary>
internal sealed class StoreSet
{
    /// <summary>As many stores of its own machine the server writes at a time.</summary>
    private const int Parallel = 8;

    private readonly string[] _repositories;
    private GitFloor[] _floors = [];

    public StoreSet(string place, int count)
    {
        Directory.CreateDirectory(place);
        _repositories = [.. Enumerable.Range(0, count).Select(i => Path.Combine(place, $"{Name(i)}.git"))];
        foreach (var repository in _repositories) Git.Init(repository);
        Branches = [.. _repositories.Select(repository => new RefFile(repository))];
    }

    public IReadOnlyList<RefFile> Branches { get; }

    public static string Name(int store) => FormattableString.Invariant($"s{store:0000}");

    public Task RegisterAsync(BenchClient client) =>
        client.ApplyAsync(_repositories.Select((repository, i) => BenchFleet.Store(Name(i), $"file://{repository}")));

    /// <summary>Takes what is there by now as what plain git begins with.</summary>
    public void CopyForFloor() => _floors =
    [
        .. _repositories.Select(repository => Git.Copy(repository, Path.ChangeExtension(repository, "floor.git"))).Select(copy => new GitFloor(copy, $"file://{copy}")),
    ];

    public string[] Heads(int count) => [.. Branches.Take(count).Select(branch => branch.Read())];

    public int Commits(IReadOnlyList<string> from) => from.Select((head, i) =>
        int.Parse(Git.Text("-C", _repositories[i], "rev-list", "--count", $"{head}..refs/heads/main"), System.Globalization.CultureInfo.InvariantCulture)).Sum();

    public GitChanges[] Changes(IReadOnlyList<string> from) => [.. from.Select((head, i) => GitChanges.Read(_repositories[i], head, Branches[i].Read()))];

    /// <summary>One commit and one push per repository that has changes, as many at a time as the server does.</summary>
    /// <returns>Milliseconds until all are pushed.</returns>
    public double Floor(GitChanges[] changes)
    {
        var work = changes.Select((change, i) => (Floor: _floors[i], Change: change)).Where(pair => pair.Change.Files.Count > 0)
            .Select(pair => (pair.Floor, From: pair.Floor.Branch.Read(), pair.Change))
            .Select(pair => (pair.Floor, pair.From, Stream: ImportStream.Of(pair.Change, pair.From))).ToArray();
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        Task.WaitAll([.. Enumerable.Range(0, Math.Min(Parallel, work.Length)).Select(_ => Task.Factory.StartNew(() =>
        {
            for (var i = Interlocked.Increment(ref next); i < work.Length; i = Interlocked.Increment(ref next)) work[i].Floor.Send(work[i].Stream, work[i].From);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
