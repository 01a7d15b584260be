using System.Text.Json.Nodes;

namespace Promises.Manifests;

public enum DocumentFormat { Json, Yaml }

/// <summary>One document of what a client sent.</summary>
/// <param name="Index">0-based, among the documents that are not empty.</param>
/// <param name="Content">Numbers are backed by a <see cref="System.Text.Json.JsonElement"/>, so they can be read as any numeric type that holds them.</param>
public sealed record SourceDocument(int Index, JsonNode Content);
