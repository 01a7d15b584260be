using System.Text.Json.Nodes;
using Promises.Data;
using Promises.Model;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>
/// One write in the making: the database as the unit of work, the snapshot before it, and the draft that the edits move on.
/// Nothing of it is kept until the plan of the whole is accepted.
/// </summary>
internal sealed class FleetEdit(PromisesDb database, FleetSnapshot before, WriteRequest request, long number, DateTimeOffset at)
{
    private readonly List<(int? Document, Func<IReadOnlyList<FieldError>> Run)> _checks = [];

    public PromisesDb Database => database;

    public WriteRequest Request => request;

    public FleetSnapshot Before { get; } = before;

    public FleetSnapshot Draft { get; set; } = before;

    /// <summary>What the edits come to; null until all are in.</summary>
    public FleetPlan? Planned { get; set; }

    public DateTimeOffset At => at;

    public long Number => number;

    /// <summary>Objects that this write touches, in order, each once.</summary>
    public List<(EventType Type, string Kind, string Name)> Touched { get; } = [];

    /// <summary>Retained placements that a client withdraws by name.</summary>
    public HashSet<Withdrawal> Withdrawals { get; } = [];

    /// <summary>Clusters that are off-boarded and leave their files behind.</summary>
    public HashSet<string> KeepingFiles { get; } = new(StringComparer.Ordinal);

    /// <summary>Clusters whose directory is written anew though no placement changes: another agent, layout or address.</summary>
    public HashSet<string> Resited { get; } = new(StringComparer.Ordinal);

    /// <summary>Where the files of clusters that are leaving still lie; null until somebody asks.</summary>
    public IReadOnlyList<ClusterPlace>? LeavingClusters { get; set; }

    /// <summary>State stores that point at another repository or branch now.</summary>
    public HashSet<string> MovedStores { get; } = new(StringComparer.Ordinal);

    /// <summary>State stores that are registered: what an earlier one of the same name left here is not theirs.</summary>
    public HashSet<string> NewStores { get; } = new(StringComparer.Ordinal);

    /// <summary>State stores that are to be visited though no cluster of theirs is behind: they, or what they are reached with, were edited or deleted.</summary>
    public HashSet<string> EditedStores { get; } = new(StringComparer.Ordinal);

    /// <summary>State stores whose hold was decided, so that they are to write what waited.</summary>
    public HashSet<string> Decided { get; } = new(StringComparer.Ordinal);

    /// <summary>How the change is told, where naming what it touched says too little.</summary>
    public Account? Says { get; set; }

    /// <summary>What it asks of repositories.</summary>
    public Lookups Lookups { get; init; } = new();

    /// <summary>A resync: the whole fleet is looked at, and nothing is removed, because nobody asked.</summary>
    public bool Resync { get; init; }

    public bool ChangesAnything => Resync || Touched.Count > 0 || Withdrawals.Count > 0;

    public Stamp Stamp() => new(number, at, Guid.CreateVersion7(at));

    public void Touch(EventType type, string kind, string name)
    {
        if (!Touched.Any(touched => touched.Kind == kind && touched.Name == name)) Touched.Add((type, kind, name));
    }

    /// <summary>A check that needs all documents of a stream to be in: references may point forward.</summary>
    public void CheckLast(Func<IReadOnlyList<FieldError>> check) => _checks.Add((Document, check));

    /// <summary>Index of the document of a stream that is being edited; null outside streams.</summary>
    public int? Document { get; set; }

    public IReadOnlyList<FieldError> RunLastChecks() =>
        [.. _checks.SelectMany(check => check.Run().Select(error => error with { Document = check.Document }))];
}

/// <summary>How a change is told.</summary>
/// <param name="Impact">JSON, of what was decided before and happens now; null for that of the plan.</param>
internal sealed record Account(string Summary, string? Impact);

/// <summary>What an edit did to one object.</summary>
/// <param name="View">The object as clients see it, read after the plan was stored.</param>
internal sealed record Edited(
    string Kind, string Name, Effect Effect, IReadOnlyList<Warning> Warnings, Func<CancellationToken, Task<JsonObject>> View, string? Location = null)
{
    /// <summary>The view holds a secret that is shown this once.</summary>
    public bool IsSecret { get; init; }
}

/// <summary>What a put means for an object that exists, or does not.</summary>
internal enum PutMode
{
    /// <summary>POST: it must not exist.</summary>
    Create,

    /// <summary>PUT and apply: made or replaced.</summary>
    Replace,

    /// <summary>PATCH and labels: it must exist.</summary>
    Modify,
}

/// <summary>Where the files of a cluster lie.</summary>
/// <param name="Path">Below the base path of the store.</param>
internal readonly record struct ClusterPlace(string Name, string StateStore, string Path);
