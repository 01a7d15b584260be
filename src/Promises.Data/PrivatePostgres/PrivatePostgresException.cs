namespace Promises.Data;

/// <summary>The private PostgreSQL could not be found, made, started or stopped. The message holds what its programs said.</summary>
public sealed class PrivatePostgresException : StartupException
{
    public PrivatePostgresException() { }

    public PrivatePostgresException(string message) : base(message) { }

    public PrivatePostgresException(string message, Exception innerException) : base(message, innerException) { }
}
