namespace Promises.Data;

/// <summary>The database cannot be brought to, or is not at, the schema of this program.</summary>
public sealed class MigrationException : StartupException
{
    public MigrationException() { }

    public MigrationException(string message) : base(message) { }

    public MigrationException(string message, Exception innerException) : base(message, innerException) { }
}
