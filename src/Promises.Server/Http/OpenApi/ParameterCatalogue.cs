using Microsoft.OpenApi;

namespace Promises.Server.Http.OpenApi;

/// <summary>What query parameters and headers mean, said once for all routes.</summary>
internal static class ParameterCatalogue
{
    private static readonly Dictionary<string, (JsonSchemaType Type, string Text)> Known = new(StringComparer.Ordinal)
    {
        [Http.Query.DryRunParameter] = (JsonSchemaType.String, "true or All: answer with the Plan and keep nothing."),
        ["limit"] = (JsonSchemaType.Integer, $"Items per page, 1 to {Paging.MaxLimit}; {Paging.DefaultLimit} if absent."),
        ["continue"] = (JsonSchemaType.String, "metadata.continue of the page before, with the same other parameters."),
        ["labelSelector"] = (JsonSchemaType.String, "Selector over metadata.labels, such as team in (a,b),!legacy."),
        ["promise"] = (JsonSchemaType.String, "Name of a Promise."),
        ["cluster"] = (JsonSchemaType.String, "Name of a cluster."),
        ["environment"] = (JsonSchemaType.String, "Name of an environment."),
        ["state"] = (JsonSchemaType.String, "State of the placement; in an audit, of the file."),
        ["stateStore"] = (JsonSchemaType.String, "Name of a state store."),
        ["kind"] = (JsonSchemaType.String, "Kind of the objects, such as Placement."),
        ["name"] = (JsonSchemaType.String, "Name of the object."),
        ["since"] = (JsonSchemaType.String, "id of an event, or metadata.resourceVersion of a list: the stream begins after it, and not now."),
        ["files"] = (JsonSchemaType.String, "keep or remove: what becomes of the cluster's files."),
        [Http.Query.AllowSecretParameter] = (JsonSchemaType.Array, "namespace/name of a Secret that may hold data; repeatable."),
    };

    public static OpenApiParameter Query(string name)
    {
        var (type, text) = Known.TryGetValue(name, out var known) ? known : (JsonSchemaType.String, "");
        var schema = new OpenApiSchema { Type = type };
        if (type == JsonSchemaType.Array) schema.Items = new OpenApiSchema { Type = JsonSchemaType.String };
        if (name == Http.Query.DryRunParameter) schema.Enum = ["true", "All", "false"];
        if (name == "limit") (schema.Minimum, schema.Maximum) = ("1", $"{Paging.MaxLimit}");
        return new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = text, Schema = schema };
    }

    public static OpenApiParameter Header(string name, string text) =>
        new() { Name = name, In = ParameterLocation.Header, Description = text, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
}
