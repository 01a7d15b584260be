namespace Promises.Model;

/// <summary>A named service offer. Its content lives in immutable <see cref="Revision"/>s.</summary>
public sealed class Promise : FleetObject
{
    private Promise() { }

    /// <summary>The highest number given so far.</summary>
    public int LatestRevision { get; private set; }

    /// <summary>The content last written.</summary>
    public int CurrentRevision { get; private set; }

    /// <summary>Deleted: gone for clients, its name kept until its files are off every branch.</summary>
    public bool Leaving { get; private set; }

    public static Promise Create(ObjectMeta meta, Stamp stamp)
    {
        var promise = new Promise { LatestRevision = 1, CurrentRevision = 1 };
        promise.Begin(meta, stamp);
        return promise;
    }

    /// <summary>Takes over metadata, and new content where <paramref name="revision"/> differs from the current one. Answers whether anything changed.</summary>
    public bool Change(ObjectMeta meta, int revision, Stamp stamp)
    {
        var changed = revision != CurrentRevision;
        (CurrentRevision, LatestRevision) = (revision, Math.Max(LatestRevision, revision));
        return Update(meta, changed, stamp);
    }

    public void Leave(Stamp stamp)
    {
        Leaving = true;
        Touch(stamp);
    }
}

/// <summary>One immutable content of a Promise.</summary>
public sealed class Revision
{
    private Revision() { }

    public Revision(string promise, int number, string digest, string? version, string content, string createdBy, Stamp stamp) =>
        (Promise, Number, Digest, Version, Content, CreatedBy, CreatedAt, Change) = (promise, number, digest, version, content, createdBy, stamp.At, stamp.Change);

    public string Promise { get; private set; } = "";

    public int Number { get; private set; }

    /// <summary><c>sha256:</c> over the canonical JSON of the content.</summary>
    public string Digest { get; private set; } = "";

    public string? Version { get; private set; }

    /// <summary>The spec as canonical JSON text.</summary>
    public string Content { get; private set; } = "";

    public string CreatedBy { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The change that made it.</summary>
    public long Change { get; private set; }
}
