using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

/// <summary>Short ways to read a document and to look at what was said about it.</summary>
internal static class Reading
{
    public static Outcome<FleetDocument> Parse(string json, string? kind, bool allowLocal = false, params string[] allowedSecrets) =>
        FleetDocuments.Parse(JsonNode.Parse(json), kind, new(allowLocal, allowedSecrets.ToHashSet()));

    public static T Read<T>(string json, string? kind = null, bool allowLocal = false, params string[] allowedSecrets) where T : FleetDocument =>
        Parse(json, kind, allowLocal, allowedSecrets).Match(document => document.ShouldBeOfType<T>(), failure => throw new InvalidOperationException(Said(failure)));

    public static IReadOnlyList<FieldError> Errors(string json, string? kind, bool allowLocal = false, params string[] allowedSecrets) =>
        Parse(json, kind, allowLocal, allowedSecrets).Failure.ShouldBeOfType<Failure.Invalid>(json).Errors;

    /// <summary>Asserts that this mistake, and nothing else, is reported, with a remedy.</summary>
    public static FieldError ShouldFail(string json, string? kind, string pointer, string rule)
    {
        var errors = Errors(json, kind);
        errors.Select(e => $"{e.Rule} {e.Pointer}").ShouldBe([$"{rule} {pointer}"], json);
        errors[0].Remedy.ShouldNotBeNullOrWhiteSpace();
        Rules.All.ShouldContain(rule);
        return errors[0];
    }

    public static IEnumerable<string> WarningsOf(FleetDocument document) => document.Warnings.Select(w => $"{w.Code} {w.Pointer}");

    private static string Said(Failure failure) =>
        failure is Failure.Invalid invalid ? string.Join("; ", invalid.Errors.Select(e => $"{e.Rule} {e.Pointer}: {e.Remedy}")) : failure.ToString();
}
