namespace Promises.Data;

/// <summary>The data directory cannot be used.</summary>
public sealed class DataDirectoryException : StartupException
{
    public DataDirectoryException() { }

    public DataDirectoryException(string message) : base(message) { }

    public DataDirectoryException(string message, Exception innerException) : base(message, innerException) { }
}
