using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Applying;
using Promises.Server.Features.Fleet;
using Promises.Server.Features.Promotions;

namespace Promises.Server.Hosting;

/// <summary>
/// Loads a small fleet to look at: the shipped Promises on some clusters, all promoted but one revision that waits. Everything goes through the same commands as a
/// client's request. A directory that has clusters already is left alone; one whose loading was interrupted gets the rest.
/// </summary>
internal sealed class DemoFleet(IMediator mediator, PromisesDb database, ServerOptions options)
{
    private const string Author = "demo";

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        // Each step is one change.
        var steps = await database.Changes.CountAsync(change => change.By == Author, cancellationToken);
        if (steps == 0)
        {
            if (await database.Clusters.AnyAsync(cancellationToken)) return;
            var shipped = Directory.EnumerateFiles(options.Demo.Promises, "promise.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
            await ApplyAsync([.. shipped, Path.Combine(options.Demo.Fleet, "fleet.yaml")], cancellationToken);
        }

        if (steps <= 1) await PromoteAsync(cancellationToken);
        if (steps <= 2) await ApplyAsync([Path.Combine(options.Demo.Fleet, "next.yaml")], cancellationToken);
    }

    private async Task ApplyAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var documents = new List<SourceDocument>();
        foreach (var file in files)
        {
            var read = DocumentReader.Read(await File.ReadAllBytesAsync(file, cancellationToken), DocumentFormat.Yaml);
            documents.AddRange(Must(read, file));
        }

        Must(await mediator.Send(new ApplyDocuments.Command(new DocumentStream(documents, []), DocumentContext.Strict, Request("/apply")), cancellationToken), string.Join(", ", files));
    }

    private async Task PromoteAsync(CancellationToken cancellationToken)
    {
        var spec = new JsonObject { ["from"] = "ops", ["to"] = "apps", ["all"] = true, ["note"] = "The demo's first promotion" };
        var document = Must(FleetDocuments.Parse(new JsonObject { ["spec"] = spec.DeepClone() }, "Promotion", DocumentContext.Strict), "promotion");
        Must(await mediator.Send(new Promote.Command((PromotionDocument)document, spec, Request("/promotions")), cancellationToken), "promotion");
    }

    private static WriteRequest Request(string path) => WriteRequest.OfTheService(path) with { By = Author };

    private static T Must<T>(Outcome<T> outcome, string what) =>
        outcome.Succeeded ? outcome.Value : throw new InvalidOperationException($"The demo fleet could not be loaded from {what}: {outcome.Failure}.");
}
