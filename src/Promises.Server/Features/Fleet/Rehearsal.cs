using System.Data.Common;
using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Catalog;
using Promises.Server.Features.Clusters;
using Promises.Server.Features.Environments;
using Promises.Server.Features.StateStores;

namespace Promises.Server.Features.Fleet;

/// <summary>
/// Some writes that a fresh process makes and takes back before it listens. The first write of a process compiles for half a second, and every connection to the database
/// that a burst of writes opens takes longer than a write: who comes first would wait for both, and all who come after for them.
/// </summary>
internal sealed partial class Rehearsal(
    IServiceScopeFactory scopes, EnvironmentKind environments, StateStoreKind stores, PromiseKind promises, ClusterKind clusters, Random random, ILogger<Rehearsal> log)
{
    /// <summary>The connections that writes use at the same time: one writes, one reads ahead, and some read what was written.</summary>
    private const int AtOnce = 4;

    /// <summary>Numbers of changes that no fleet comes to. No two rehearsals have the same, so that none waits for another.</summary>
    private const long Beyond = 1L << 40;

    /// <summary>What is compiled is so for the process, however many servers are in it.</summary>
    private static int s_begun;

    /// <summary>Does nothing the second time. A server whose rehearsal fails is as good as any, only slower at first.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref s_begun, 1) != 0) return;
        try
        {
            // What is compiled by one need not be by four.
            await RunAsync(cancellationToken);
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => RunAsync(cancellationToken)));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure.GetBaseException().Message);
        }
    }

    /// <summary>One rehearsal.</summary>
    /// <exception cref="InvalidOperationException">The server does not accept its own documents.</exception>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var name = $"rehearsal-{Guid.NewGuid():N}";
        await using var scope = scopes.CreateAsyncScope();
        var failure = await scope.ServiceProvider.GetRequiredService<FleetWriter>().RehearseAsync(
            WriteRequest.OfTheService("/rehearsal"), random.NextInt64(Beyond, 2 * Beyond),
            [
                (edit, token) => RegisterAsync(name, edit, token),
                (edit, token) => SetLabel.EditAsync(clusters, name, "rehearsed", "yes", edit, token),
                (edit, token) => SetLabel.EditAsync(clusters, name, "rehearsed", null, edit, token),
            ],
            cancellationToken);
        if (failure is not null)
            throw new InvalidOperationException($"The rehearsal of a write was refused: {(failure is Failure.Invalid invalid ? string.Join("; ", invalid.Errors) : failure)}.");
    }

    /// <summary>A fleet of one cluster, which gets one Promise with a label and loses it without.</summary>
    private async Task<Outcome<Edited>> RegisterAsync(string name, FleetEdit edit, CancellationToken cancellationToken)
    {
        Outcome<Edited> edited = new Failure.NotFound("document", name);
        foreach (var (kind, called, spec) in new (IFleetKind Kind, string Name, string Spec)[]
        {
            (environments, name, """{"position": 1, "audience": "internal"}"""),
            (environments, $"{name}-x", """{"position": 2, "audience": "external"}"""),
            (stores, name, "{}"),
            (promises, name, """
                {"placement": {"clusterSelector": {"matchLabels": {"rehearsed": "yes"}}},
                 "dependencies": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "rehearsal", "namespace": "default"}, "data": {"a": "b"}}]}
                """),
            (clusters, name, $$"""{"environment": "{{name}}", "stateStore": {"name": "{{name}}"} }"""),
        })
        {
            var content = new JsonObject { ["metadata"] = new JsonObject { ["name"] = called }, ["spec"] = JsonNode.Parse(spec) };
            var document = FleetDocuments.Parse(content, kind.Kind, DocumentContext.Strict);
            edited = document.Failure is null ? await kind.PutAsync(edit, document.Value, PutMode.Create, cancellationToken) : document.Failure;
            if (edited.Failure is not null) break;
        }

        return edited;
    }

    [LoggerMessage(LogLevel.Warning, "The rehearsal of a write failed, so the first writes will take longer: {Reason}")]
    private partial void LogFailed(string reason);
}
