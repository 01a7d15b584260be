namespace Promises.Data;

/// <summary>How the private PostgreSQL is run. The defaults suit one server on one machine.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>Where <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c> lie; null: PATH, then the newest in Debian's directory.</summary>
    public string? Binaries { get; init; }

    /// <summary>The parent of the socket's directory. Short, because a socket's path holds 107 bytes, and enterable by all.</summary>
    public string SocketParent { get; init; } = "/tmp";

    public string SharedBuffers { get; init; } = "128MB";

    public int MaxConnections { get; init; } = 100;

    /// <summary>How long a start may take. It includes the recovery after a crash.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an orderly stop may take before PostgreSQL is stopped at once; it then recovers at its next start.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The first pause before a PostgreSQL that died is started again; doubled each time, up to 30 s.</summary>
    public TimeSpan RestartPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Size in bytes at which the log is moved aside; one old log is kept.</summary>
    public long LogBytes { get; init; } = 8 * 1024 * 1024;
}
