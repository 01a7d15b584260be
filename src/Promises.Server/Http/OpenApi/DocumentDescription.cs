using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Promises.Server.Http.OpenApi;

/// <summary>What holds for the whole API: its title, its tokens, its problems.</summary>
internal sealed class DocumentDescription : IOpenApiDocumentTransformer
{
    private const string Scheme = "token";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Promises",
            Version = typeof(DocumentDescription).Assembly.GetName().Version!.ToString(3),
            Description = "Promises placed on labelled clusters and written to their Git state stores.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };

        // Relative to wherever the document was read from: the server does not know its own name.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An access token, made by POST /tokens." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        Schemas.Of(Schemas.Problem, document);
        return Task.CompletedTask;
    }
}
