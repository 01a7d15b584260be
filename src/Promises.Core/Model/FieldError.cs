namespace Promises.Model;

/// <summary>One mistake in what a client sent.</summary>
/// <param name="Pointer">RFC 6901 pointer into the document, such as <c>/spec/environment</c>; empty for the document itself.</param>
/// <param name="Value">What was found there, as text; never a secret. Cut to 200 characters when shown.</param>
/// <param name="Rule">One of <see cref="Rules"/>.</param>
/// <param name="Remedy">What to do about it, as a sentence.</param>
/// <param name="Document">0-based index of the document in a stream; null outside streams.</param>
public sealed record FieldError(string Pointer, string? Value, string Rule, string Remedy, int? Document = null);

/// <summary>Something that was accepted but has no effect, or another than it seems.</summary>
/// <param name="Pointer">RFC 6901 pointer into the document as the client sent it.</param>
/// <param name="Code">kebab-case, stable, for machines.</param>
/// <param name="Message">For people.</param>
public sealed record Warning(string Pointer, string Code, string Message);
