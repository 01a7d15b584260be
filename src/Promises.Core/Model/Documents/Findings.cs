namespace Promises.Model.Documents;

/// <summary>Collects what is to be said about one document: all mistakes, and what was accepted without effect.</summary>
/// <param name="document">0-based index in a stream; null outside streams.</param>
public sealed class Findings(int? document)
{
    private readonly List<FieldError> _errors = [];
    private readonly List<Warning> _warnings = [];

    public IReadOnlyList<FieldError> Errors => _errors;

    public IReadOnlyList<Warning> Warnings => _warnings;

    public void Error(string pointer, string? value, string rule, string remedy) => _errors.Add(new(pointer, value, rule, remedy, document));

    public void Warn(string pointer, string code, string message) => _warnings.Add(new(pointer, code, message));
}
