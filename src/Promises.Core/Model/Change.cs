namespace Promises.Model;

/// <summary>One accepted write. Its number is the fleet version.</summary>
public sealed class Change
{
    private Change() { }

    public Change(long number, DateTimeOffset at, string by, string method, string path, string summary, string impact) =>
        (Number, At, By, Method, Path, Summary, Impact) = (number, at, by, method, path, summary, impact);

    public long Number { get; private set; }

    public DateTimeOffset At { get; private set; }

    /// <summary>Name of the token, or <c>promises</c> for what the service does by itself.</summary>
    public string By { get; private set; } = "";

    public string Method { get; private set; } = "";

    /// <summary>Request path with its query.</summary>
    public string Path { get; private set; } = "";

    public string Summary { get; private set; } = "";

    /// <summary>JSON, in the form the API shows it.</summary>
    public string Impact { get; private set; } = "";
}

/// <summary>That a change concerns a store; answered by the commit that carries it.</summary>
public sealed class ChangeStore
{
    private ChangeStore() { }

    public ChangeStore(long change, string stateStore) => (Change, StateStore) = (change, stateStore);

    public long Change { get; private set; }

    public string StateStore { get; private set; } = "";

    /// <summary>Null while it is not on the branch, and for ever if it left nothing to write. One of several, where each cluster has a branch.</summary>
    public string? Commit { get; private set; }

    public bool Settled { get; private set; }
}

/// <summary>That a change concerns a cluster with a branch of its own; answered by the commit there.</summary>
public sealed class ChangeBranch
{
    private ChangeBranch() { }

    public ChangeBranch(long change, string stateStore, string cluster, string branch) =>
        (Change, StateStore, Cluster, Branch) = (change, stateStore, cluster, branch);

    public long Change { get; private set; }

    public string StateStore { get; private set; } = "";

    public string Cluster { get; private set; } = "";

    public string Branch { get; private set; } = "";

    /// <summary>Null while it is not on the branch, and for ever if it left nothing to write.</summary>
    public string? Commit { get; private set; }

    public bool Settled { get; private set; }
}

public enum EventType { Added, Modified, Deleted }

/// <summary>That a change touched an object, or that its status moved without one. Snapshots are moved forward by these rows, and clients follow them.</summary>
public sealed class FleetEvent
{
    private FleetEvent() { }

    public FleetEvent(long version, int ordinal, EventType type, string kind, string name) =>
        (Version, Ordinal, Type, Kind, Name) = (version, ordinal, type, kind, name);

    /// <summary>Number of the change; null if there was none.</summary>
    public long? Version { get; private set; }

    public int Ordinal { get; private set; }

    public EventType Type { get; private set; }

    public string Kind { get; private set; } = "";

    /// <summary>Name of the object; <c>promise.cluster</c> of a placement.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What else there is to say, such as what a repair found.</summary>
    public string? Detail { get; private set; }
}

/// <summary>Pins that were moved from one rung to the next. Its name is <c>p-</c> and the number of its change.</summary>
public sealed class Promotion
{
    private Promotion() { }

    public Promotion(long change, string spec, string pins, string by, DateTimeOffset at, Guid uid) =>
        (Change, Spec, Pins, By, At, Uid) = (change, spec, pins, by, at, uid);

    public long Change { get; private set; }

    /// <summary>JSON as the client sent it.</summary>
    public string Spec { get; private set; } = "";

    /// <summary>JSON: <c>[{promise, from, to}]</c>.</summary>
    public string Pins { get; private set; } = "";

    public string By { get; private set; } = "";

    public DateTimeOffset At { get; private set; }

    public Guid Uid { get; private set; }
}
