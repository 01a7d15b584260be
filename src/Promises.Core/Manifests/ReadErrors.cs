using Promises.Model;

namespace Promises.Manifests;

/// <summary>Collects what is wrong with documents. A fatal mistake, or too many, ends the reading.</summary>
internal sealed class ReadErrors
{
    private readonly List<FieldError> _errors = [];

    /// <summary>The document being read; null outside streams.</summary>
    public int? Document { get; set; }

    public bool Fatal { get; private set; }

    public bool Any => _errors.Count > 0;

    public bool Has(string rule) => _errors.Any(error => error.Rule == rule);

    public void Add(string pointer, string? value, string rule, string remedy)
    {
        _errors.Add(new FieldError(pointer, value, rule, remedy, Document));
        if (_errors.Count >= DocumentLimits.Errors) Fatal = true;
    }

    public void AddFatal(string pointer, string? value, string rule, string remedy)
    {
        Add(pointer, value, rule, remedy);
        Fatal = true;
    }

    public DocumentStream With(IReadOnlyList<SourceDocument> documents) => new(documents, [.. _errors]);
}
