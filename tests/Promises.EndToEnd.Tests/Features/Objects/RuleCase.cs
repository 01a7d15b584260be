namespace Promises.EndToEnd.Tests.Features.Objects;

/// <summary>One request with one mistake, and what is to be said about it.</summary>
/// <param name="Remedy">A part of the remedy.</param>
internal sealed record RuleCase(string Rule, string Title, string Request, string Body, string Pointer, string Remedy)
{
    public string ContentType { get; init; } = "application/json";

    public (string Name, string Value)[] Headers { get; init; } = [];

    /// <summary>What must not stand in the answer.</summary>
    public string? Secret { get; init; }

    public string Method => Request.Split(' ')[0];

    public string Path => Request.Split(' ')[1];

    public override string ToString() => $"{Rule}: {Title}";
}
