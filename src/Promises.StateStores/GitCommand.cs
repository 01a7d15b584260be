namespace Promises.StateStores;

/// <summary>One run of git, or of a program that works with it.</summary>
/// <param name="Intention">Begins the message of a failure, such as <c>Cannot push to https://…</c>.</param>
internal sealed record GitCommand(string Intention, IReadOnlyList<string> Arguments)
{
    public string Program { get; init; } = "git";

    /// <summary>The repository worked in; null where the arguments name it.</summary>
    public string? Repository { get; init; }

    /// <summary>Null where nothing leaves the machine.</summary>
    public RemoteAccess? Remote { get; init; }

    public TimeSpan? Limit { get; init; }

    /// <summary>Configuration beyond what every run gets.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings { get; init; } = [];

    /// <summary>Variables beyond what every run gets.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; init; } = [];

    /// <summary>Trusts repositories whatever user owns them.</summary>
    public bool TrustsOwner { get; init; }

    /// <summary>Writes standard input, which is closed afterwards.</summary>
    public Func<Stream, CancellationToken, Task>? Input { get; init; }

    /// <summary>Takes standard output instead of having it kept.</summary>
    public Func<Stream, CancellationToken, Task>? Output { get; init; }

    /// <summary>Bytes of standard output that are kept.</summary>
    public int OutputLimit { get; init; } = 1024 * 1024;
}
