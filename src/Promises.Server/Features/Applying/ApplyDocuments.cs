using MediatR;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Applying;

/// <summary>Creates or replaces every document of a stream, in one change or not at all.</summary>
internal static class ApplyDocuments
{
    public sealed record Command(IReadOnlyList<SourceDocument> Documents, DocumentContext Context, WriteRequest Request) : IRequest<Outcome<WriteResult>>;

    internal sealed class Handler(FleetWriter fleet, IEnumerable<IFleetKind> kinds) : IRequestHandler<Command, Outcome<WriteResult>>
    {
        public async Task<Outcome<WriteResult>> Handle(Command command, CancellationToken cancellationToken)
        {
            var stream = ApplyStream.Read(command.Documents, command.Context, kinds);
            if (stream.Forbidden(command.Request) is { } forbidden) return forbidden;

            var outcome = await fleet.RunAsync(command.Request, (edit, token) => EditAsync(stream, edit, token), cancellationToken);
            return outcome.Failure is Failure.Invalid or ImpactUnconfirmed or Failure.AlreadyExists or Failure.VersionReused or Failure.StaleResourceVersion
                ? new ApplyRefused(outcome.Failure, stream.Results(outcome.Failure))
                : outcome;
        }

        private static async Task<Outcome<Edited>> EditAsync(ApplyStream stream, FleetEdit edit, CancellationToken cancellationToken)
        {
            var errors = stream.Errors.ToList();
            foreach (var item in stream.InOrder)
            {
                edit.Document = item.Index;
                var edited = await item.Kind!.PutAsync(edit, item.Known(edit.Draft, stream), PutMode.Replace, cancellationToken);
                if (edited.Failure is Failure.Invalid invalid) errors.AddRange(invalid.Errors.Select(error => error with { Document = item.Index }));
                else if (edited.Failure is not null) return item.Refuse(edited.Failure);
                else item.Done(edited.Value);
            }

            if (errors.Count == 0) return new Edited("ApplyResult", "", Effect.Updated, [], _ => Task.FromResult(stream.Result()));

            // Valid documents have their last checks all the same, and the others are held against the fleet, so that the answer lists every mistake.
            errors.AddRange(edit.RunLastChecks());
            foreach (var (index, kind, read) in stream.Mistaken)
            {
                var all = await Documents.MistakesAsync(kind, edit, read, cancellationToken);
                errors.AddRange(all.Errors.Skip(read.Errors.Count).Select(error => error with { Document = index }));
            }

            return new Failure.Invalid("stream", [.. errors.Where(error => !stream.Follows(error)).OrderBy(error => error.Document)]);
        }
    }
}
