using System.Text;
using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Model;

namespace Promises.Core.Tests.Manifests;

/// <summary>Short forms of reading for tests.</summary>
internal static class Documents
{
    public static Outcome<IReadOnlyList<SourceDocument>> Yaml(string text) => DocumentReader.Read(Encoding.UTF8.GetBytes(text), DocumentFormat.Yaml);

    public static Outcome<IReadOnlyList<SourceDocument>> Json(string text) => DocumentReader.Read(Encoding.UTF8.GetBytes(text), DocumentFormat.Json);

    /// <summary>The only document of a YAML text.</summary>
    public static JsonNode One(string yaml) => Yaml(yaml).Value.ShouldHaveSingleItem().Content;

    public static JsonObject Object(string yaml) => (JsonObject)One(yaml);

    public static IReadOnlyList<FieldError> Errors(Outcome<IReadOnlyList<SourceDocument>> outcome) =>
        outcome.Failure.ShouldBeOfType<Failure.Invalid>().Errors;

    public static FieldError Error(Outcome<IReadOnlyList<SourceDocument>> outcome) => Errors(outcome).ShouldHaveSingleItem();
}
