using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>A finished value and what a copy of it costs.</summary>
/// <param name="Height">Levels of objects and lists, its own among them; 0 for a scalar.</param>
internal readonly record struct Built(JsonNode? Node, int Nodes, int Characters, int Height);
