namespace Promises.Model.Documents;

/// <summary>What reading a document came to.</summary>
/// <param name="Kind">What is named as not valid, such as <c>Cluster</c>.</param>
/// <param name="Document">Null where not even its kind is known. With <paramref name="Errors"/>, mistaken fields read as if they were absent.</param>
public sealed record DocumentReading(string Kind, FleetDocument? Document, IReadOnlyList<FieldError> Errors)
{
    public bool IsValid => Document is not null && Errors.Count == 0;

    /// <summary>The document if it is valid, else every mistake in it.</summary>
    public Outcome<FleetDocument> Outcome => Document is not null && Errors.Count == 0 ? Document : new Failure.Invalid(Kind, Errors);
}
