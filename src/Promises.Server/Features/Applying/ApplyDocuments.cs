using MediatR;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Applying;

/// <summary>Creates or replaces every document of a stream, in one change or not at all.</summary>
internal static class ApplyDocuments
{
    public sealed record Command(DocumentStream Stream, DocumentContext Context, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet, IEnumerable<IFleetKind> kinds) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public async Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken)
        {
            var stream = ApplyStream.Read(UnrolledStream.Of(command.Stream), command.Context, kinds);
            if (stream.Forbidden(command.Request) is { } forbidden) return forbidden;

            var outcome = await fleet.RunAsync(command.Request, (edit, token) => EditAsync(stream, edit, token), cancellationToken);
            return outcome.Failure is { } failure && (failure is Failure.Invalid or ImpactUnconfirmed || ApplyConflicts.IsConflict(failure))
                ? new ApplyRefused(failure, stream)
                : outcome;
        }

        private static async Task<Outcome<Edited>> EditAsync(ApplyStream stream, FleetEdit edit, CancellationToken cancellationToken)
        {
            stream.Restart();
            var errors = stream.Errors.ToList();
            foreach (var item in stream.InOrder)
            {
                edit.Document = item.Index;
                var edited = await item.Kind!.PutAsync(edit, item.Known(edit.Draft, stream), PutMode.Replace, cancellationToken);
                if (edited.Succeeded) item.Done(edited.Value);
                else if (edited.Failure is Failure.Invalid invalid) errors.AddRange(invalid.Errors.Select(error => error with { Document = item.Index }));
                else if (ApplyConflicts.IsConflict(edited.Failure)) item.Refuse(edited.Failure!);
                else return edited;
            }

            if (errors.Count == 0)
                return stream.Conflict is { } conflict ? conflict : new Edited("ApplyResult", "", Effect.Updated, [], _ => Task.FromResult(stream.Result()));

            // Conflicts, and the checks that come last, are told all the same, so that the answer lists every mistake.
            errors.AddRange(stream.ConflictErrors);
            errors.AddRange(edit.RunLastChecks());
            foreach (var (index, kind, read) in stream.Mistaken)
            {
                // What is wrong in itself may be wrong in the fleet as well.
                var all = await Documents.MistakesAsync(kind, edit, read, cancellationToken);
                errors.AddRange(all.Errors.Skip(read.Errors.Count).Select(error => error with { Document = index }));
            }

            return new Failure.Invalid("stream", [.. errors.Select(stream.Explained).OrderBy(error => error.Document)]);
        }
    }
}
