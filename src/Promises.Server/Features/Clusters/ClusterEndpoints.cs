using System.Text.Json.Nodes;
using MediatR;
using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;

namespace Promises.Server.Features.Clusters;

/// <summary>Routes for clusters. Translates HTTP to messages and outcomes to HTTP; decides nothing.</summary>
internal static class ClusterEndpoints
{
    public static void MapClusters(this IEndpointRouteBuilder api, ClusterKind kind)
    {
        var clusters = api.MapFleetKind(kind, "A", deletable: false);

        clusters.MapDelete("/{name}", DeleteAsync).Writes().Query("files").Answers(ClusterView.Kind)
            .WithName("DeleteCluster").WithSummary("Off-board a cluster: files=keep leaves its files, files=remove takes them away");
        // The key may hold a slash, written plain or as %2F.
        clusters.MapPut("/{name}/labels/{**key}", SetAsync).Writes().Answers(ClusterView.Kind)
            .WithName("SetClusterLabel").WithSummary("Set one label: {\"value\": \"A\"}");
        clusters.MapDelete("/{name}/labels/{**key}", RemoveAsync).Writes().Answers(ClusterView.Kind)
            .WithName("RemoveClusterLabel").WithSummary("Take one label away");
    }

    private static async Task<IResult> DeleteAsync(string name, HttpContext context, IMediator mediator)
    {
        var files = Query.Value(context.Request, "files");
        if (files is not ("keep" or "remove"))
            return Problems.From(new Failure.Malformed("files is keep (what lies on the branch stays there) or remove (it is taken away). Say which."));
        return (await mediator.Send(new DeleteCluster.Command(name, files == "keep", context.WriteRequest()), context.RequestAborted)).ToHttp();
    }

    private static async Task<IResult> SetAsync(string name, string key, HttpContext context, IMediator mediator)
    {
        var body = await ApiBody.ReadOneAsync(context, "label");
        if (body.Failure is not null) return Problems.From(body.Failure);

        var value = Value(body.Value.Content);
        if (value.Failure is not null) return Problems.From(value.Failure);
        return (await mediator.Send(new SetLabel.Command(name, Key(key), value.Value, context.WriteRequest(body.Value.Hash)), context.RequestAborted)).ToHttp();
    }

    private static async Task<IResult> RemoveAsync(string name, string key, HttpContext context, IMediator mediator) =>
        (await mediator.Send(new SetLabel.Command(name, Key(key), null, context.WriteRequest()), context.RequestAborted)).ToHttp();

    private static string Key(string key) => key.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static Outcome<string> Value(JsonNode content)
    {
        var errors = new List<FieldError>();
        if (content is not JsonObject body) return new Failure.Invalid("label", [new FieldError("", null, Rules.WrongType, "Send {\"value\": \"A\"}.")]);

        errors.AddRange(body.Where(member => member.Key != "value")
            .Select(member => new FieldError($"/{member.Key}", null, Rules.UnknownField, "Only value is known here.")));
        if (body["value"] is null) errors.Add(new FieldError("/value", null, Rules.Required, "Give the value of the label."));
        else if (body["value"]!.GetValueKind() != System.Text.Json.JsonValueKind.String)
            errors.Add(new FieldError("/value", body["value"]!.ToJsonString(), Rules.WrongType, "A label's value is a string; put it in quotes."));
        return errors.Count > 0 ? new Failure.Invalid("label", errors) : body["value"]!.GetValue<string>();
    }
}
