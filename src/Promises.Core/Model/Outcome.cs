namespace Promises.Model;

/// <summary>
/// The result of something that may be refused: a value, or a named <see cref="Model.Failure"/>. Exceptions are for bugs and broken I/O only.
/// </summary>
public readonly struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Failure? failure) => (_value, Failure) = (value, failure);

    /// <summary>Why it was refused; null when it was not.</summary>
    public Failure? Failure { get; }

    public bool Succeeded => Failure is null;

    /// <summary>The value. Reading it from a refusal is a bug of the caller.</summary>
    public T Value => Failure is null ? _value! : throw new InvalidOperationException($"There is no value: {Failure}.");

    public TResult Match<TResult>(Func<T, TResult> value, Func<Failure, TResult> failure) =>
        Failure is null ? value(_value!) : failure(Failure);

    public Outcome<TResult> Then<TResult>(Func<T, Outcome<TResult>> next) =>
        Failure is null ? next(_value!) : Failure;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Failure failure) => new(default, failure);
}
