namespace Promises.Benchmarks.Floors;

/// <summary>What the server is held against, each with a repository of its own that has the same content.</summary>
internal sealed class Beside
{
    private readonly GitFloor _plain;
    private readonly PackFloor _ready;
    private readonly NaiveWay _naive;

    public Beside(ITransport transport, string place, string repository)
    {
        _plain = new GitFloor(Copy("floor"), transport.Url(Path.Combine(place, "floor.git")));
        _ready = new PackFloor(Copy("ready"), transport.Url(Path.Combine(place, "ready.git")));
        var naive = Copy("naive");
        _naive = new NaiveWay(naive, transport.Url(naive) ?? $"file://{naive}");

        string Copy(string name) => Git.Copy(repository, Path.Combine(place, $"{name}.git"));
    }

    /// <summary>Milliseconds that plain git's import took within the last <see cref="Deliver"/>.</summary>
    public double Imported => _plain.Imported;

    /// <summary>The same changes by both floors.</summary>
    public (double Plain, double Ready) Deliver(GitChanges changes) => (_plain.Deliver(changes), _ready.Deliver(changes));

    /// <summary>The same changes by the naive way.</summary>
    public double Naive(GitChanges changes) => _naive.Deliver(changes);
}
