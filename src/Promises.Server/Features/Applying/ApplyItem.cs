using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Applying;

/// <summary>One document of a stream.</summary>
/// <param name="SentKind">As the document has it.</param>
/// <param name="Document">Null where it is not valid.</param>
/// <param name="Kind">Null where it is skipped or not valid.</param>
/// <param name="Writer">Whose token it takes to write it.</param>
internal sealed record ApplyItem(int Index, string? SentKind, string? Name, FleetDocument? Document, IFleetKind? Kind, Role Writer)
{
    private Edited? _edited;

    /// <summary>Why the fleet does not take it, where that is no mistake in the document.</summary>
    public Failure? Conflict { get; private set; }

    public bool IsRefused => Document is not SkippedDocument && _edited is null;

    public void Restart() => (_edited, Conflict) = (null, null);

    public void Done(Edited edited) => _edited = edited;

    public void Refuse(Failure conflict) => Conflict = conflict;

    /// <summary>The document, with requirements of Kratix that name nothing set aside.</summary>
    public FleetDocument Known(FleetSnapshot fleet, ApplyStream stream) => Document is PromiseDocument promise
        ? promise.WithoutRequirements(promise.Tentative.Select(tentative => tentative.Promise).Where(name => !stream.HasPromise(fleet, name)).ToHashSet(StringComparer.Ordinal))
        : Document!;

    public JsonObject View(bool invalid) => new()
    {
        ["document"] = Index,
        ["kind"] = SentKind,
        ["name"] = Name,
        ["result"] = Document is SkippedDocument ? "Skipped" : invalid || _edited is null ? "Invalid" : _edited.Effect.ToString(),
        ["warnings"] = ObjectView.Warnings(_edited?.Warnings ?? Document?.Warnings ?? []),
    };
}
