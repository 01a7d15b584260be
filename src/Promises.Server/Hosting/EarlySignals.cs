using System.Runtime.InteropServices;

namespace Promises.Server.Hosting;

/// <summary>
/// Ctrl-C and SIGTERM, also while the server is still starting: the host listens to them only once it runs, and without this a private PostgreSQL would be left behind.
/// Whatever hangs on the way to the end, the process is gone in time.
/// </summary>
internal sealed class EarlySignals : IDisposable
{
    /// <summary>Ten seconds are what those who send the signal usually wait.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(9.5);

    // Of the process: it holds while the rest is disposed of, the database last.
    private static readonly Timer s_limit = new(_ => End());

    private readonly PosixSignalRegistration[] _registrations;

    private EarlySignals(Action stop)
    {
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];

        void Handle(PosixSignalContext signal)
        {
            signal.Cancel = true;
            s_limit.Change(Limit, Timeout.InfiniteTimeSpan);
            stop();
        }
    }

    public static EarlySignals StopOn(WebApplication app) => new(app.Lifetime.StopApplication);

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    // As a crash would: what is left behind is found by the next start, and leases end with the session.
    private static void End()
    {
        Console.Error.WriteLine("promises: Something did not end in time, so this process ends without it.");
        OwnProcess.Kill();
    }
}
