namespace Promises.Data;

/// <summary>The server cannot start, and somebody must do something about it: the message says what was tried, what was found, and what to do.</summary>
public class StartupException : Exception
{
    public StartupException() { }

    public StartupException(string message) : base(message) { }

    public StartupException(string message, Exception innerException) : base(message, innerException) { }
}
