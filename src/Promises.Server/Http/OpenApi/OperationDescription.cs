using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Promises.Server.Http.OpenApi;

/// <summary>Describes one route from what it says about itself (<see cref="EndpointConventions"/>).</summary>
internal sealed class OperationDescription : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var method = context.Description.HttpMethod ?? "";
        var document = context.Document!;

        AddParameters(operation, metadata, method);
        if (metadata.OfType<TakesDocument>().LastOrDefault() is { } takes)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = Content(HttpMethods.IsPatch(method) ? MediaTypes.Patch : MediaTypes.Documents, Schemas.Of(takes.Kind, document)),
            };
        }

        operation.Responses ??= [];
        var answers = metadata.OfType<AnswersDocument>().ToList();
        if (answers.Count > 0) operation.Responses.Clear();
        foreach (var answer in answers)
        {
            operation.Responses[$"{answer.Status}"] = new OpenApiResponse
            {
                Description = answer.Status switch { 200 => "Done", 201 => "Created", _ => "See the document" },
                Content = Content(MediaTypes.Documents, Schemas.Of(answer.Kind, document)),
            };
        }

        if (metadata.OfType<AnswersStream>().LastOrDefault() is { } stream)
        {
            operation.Responses.Clear();
            operation.Responses["200"] = new OpenApiResponse { Description = "A stream that lasts", Content = Content([stream.MediaType], Schemas.Text("Fields id, event and data")) };
        }

        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
            return Task.CompletedTask;
        }

        if (IsRepeatable(metadata, method))
        {
            operation.Responses["409"] = new OpenApiResponse
            {
                Description = "in-progress: a request with this Idempotency-Key is still running. Or a conflict, by its code.",
                Content = Content([Problems.MediaType], Schemas.Of(Schemas.Problem, document)),
            };
        }

        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "Refused or failed",
            Content = Content([Problems.MediaType], Schemas.Of(Schemas.Problem, document)),
        };
        return Task.CompletedTask;
    }

    private static void AddParameters(OpenApiOperation operation, IList<object> metadata, string method)
    {
        var parameters = metadata.OfType<QueryParameters>().SelectMany(known => known.Names).Distinct(StringComparer.Ordinal).Select(ParameterCatalogue.Query);
        if (metadata.OfType<WriteAccess>().Any())
        {
            parameters = parameters
                .Append(ParameterCatalogue.Header("If-Match", "ETag that the object must have."))
                .Append(ParameterCatalogue.Header("If-None-Match", "* : the object must not exist."))
                .Append(ParameterCatalogue.Header("Impact-Token", "impactToken of the plan or refusal that showed what will be removed."));
        }

        if (IsRepeatable(metadata, method))
            parameters = parameters.Append(ParameterCatalogue.Header("Idempotency-Key", "1 to 255 printable characters: the same request with it gets the first answer again, for 24 hours."));
        if (metadata.OfType<AnswersStream>().Any()) parameters = parameters.Append(ParameterCatalogue.Header("Last-Event-ID", "id of the last event that was received: the stream goes on after it."));

        operation.Parameters ??= [];
        foreach (var parameter in parameters.Where(parameter => operation.Parameters.All(known => known.Name != parameter.Name)))
            operation.Parameters.Add(parameter);
    }

    private static bool IsRepeatable(IList<object> metadata, string method) => HttpMethods.IsPost(method) && metadata.OfType<WriteAccess>().Any();

    private static Dictionary<string, OpenApiMediaType> Content(IEnumerable<string> mediaTypes, IOpenApiSchema schema) =>
        mediaTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = schema });
}
