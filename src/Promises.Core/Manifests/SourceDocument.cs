using System.Text.Json.Nodes;

namespace Promises.Manifests;

public enum DocumentFormat { Json, Yaml }

/// <summary>One document of what a client sent.</summary>
/// <param name="Index">0-based, among the documents that are not empty.</param>
/// <param name="Content">Numbers are backed by a <see cref="System.Text.Json.JsonElement"/>, so they can be read as any numeric type that holds them.</param>
public sealed record SourceDocument(int Index, JsonNode Content);

/// <summary>What could be read of a request, and what is wrong with it. Documents with mistakes are among the documents, as far as they go.</summary>
/// <param name="Errors">They name their document in YAML only.</param>
public sealed record DocumentStream(IReadOnlyList<SourceDocument> Documents, IReadOnlyList<Model.FieldError> Errors);
