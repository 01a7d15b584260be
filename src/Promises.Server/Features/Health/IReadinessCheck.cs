namespace Promises.Server.Features.Health;

/// <summary>One part of the server that must work before it takes requests. Register it as a singleton.</summary>
internal interface IReadinessCheck
{
    /// <summary>Key in <c>checks</c>, such as <c>scheduler</c>.</summary>
    string Name { get; }

    /// <summary>Null if it works, else why not: short, and no secret. It is given up on after <see cref="ReadinessChecks.Patience"/>.</summary>
    Task<string?> CheckAsync(CancellationToken cancellationToken);
}
