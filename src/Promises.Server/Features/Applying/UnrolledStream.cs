using System.Globalization;
using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Model;

namespace Promises.Server.Features.Applying;

/// <summary>The documents of a stream one by one: a JSON array, and a List of any apiVersion, count as the documents in them.</summary>
/// <param name="Documents">Null for what could not be read at all.</param>
/// <param name="Errors">Mistakes of reading, with the index among these documents and a pointer into the document.</param>
internal sealed record UnrolledStream(IReadOnlyList<JsonNode?> Documents, IReadOnlyList<FieldError> Errors)
{
    public static UnrolledStream Of(DocumentStream stream)
    {
        var places = stream.Documents.SelectMany(source => Items(source.Content, "").Select(item => (Source: source.Index, item.Node, item.Pointer))).ToList();
        var documents = places.Select(place => place.Node).ToList();
        var errors = new List<FieldError>();
        foreach (var error in stream.Errors)
        {
            var source = error.Document ?? 0;
            var index = places.FindIndex(place => place.Source == source && IsWithin(error.Pointer, place.Pointer));
            if (index < 0) index = places.FindIndex(place => place.Source == source);
            if (index < 0)
            {
                // Reading ended within it, so nothing of it is known.
                index = documents.Count;
                documents.Add(null);
                places.Add((source, null, ""));
            }

            var pointer = places[index].Pointer;
            errors.Add(error with { Document = index, Pointer = IsWithin(error.Pointer, pointer) ? error.Pointer[pointer.Length..] : error.Pointer });
        }

        return new UnrolledStream(documents, errors);
    }

    private static IEnumerable<(JsonNode? Node, string Pointer)> Items(JsonNode? node, string pointer)
    {
        var items = node is JsonArray array && pointer.Length == 0 ? (Array: array, Pointer: pointer)
            : node is JsonObject list && IsList(list) ? (Array: (JsonArray)list["items"]!, Pointer: $"{pointer}/items")
            : (Array: null, Pointer: pointer);
        return items.Array is null
            ? [(node, pointer)]
            : items.Array.SelectMany((item, i) => Items(item, string.Create(CultureInfo.InvariantCulture, $"{items.Pointer}/{i}")));
    }

    /// <summary>A v1 List, or one of a kind, such as this service answers itself.</summary>
    private static bool IsList(JsonObject node) =>
        node["items"] is JsonArray && node["kind"] is JsonValue kind && kind.TryGetValue<string>(out var text) && text.EndsWith("List", StringComparison.Ordinal);

    private static bool IsWithin(string pointer, string parent) =>
        pointer.StartsWith(parent, StringComparison.Ordinal) && (pointer.Length == parent.Length || pointer[parent.Length] == '/');
}
