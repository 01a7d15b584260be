using Microsoft.Extensions.Logging;

namespace Promises.Data;

public sealed partial class PrivatePostgres
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Making the private PostgreSQL {Version} in {Directory}")]
    private partial void LogInitialising(int version, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "The private PostgreSQL runs as process {ProcessId} on {Socket}")]
    private partial void LogStarted(int processId, string socket);

    [LoggerMessage(Level = LogLevel.Information, Message = "Adopted the private PostgreSQL of a server that died, process {ProcessId}")]
    private partial void LogAdopted(int processId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The private PostgreSQL died; it is started again. Its log says: {Tail}")]
    private partial void LogDied(string tail);

    [LoggerMessage(Level = LogLevel.Error, Message = "The private PostgreSQL could not be started again; next try in {Pause}")]
    private partial void LogRestartFailed(Exception exception, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The private PostgreSQL did not stop in {Timeout} and is stopped at once: {Output}")]
    private partial void LogImmediateStop(TimeSpan timeout, string output);
}
