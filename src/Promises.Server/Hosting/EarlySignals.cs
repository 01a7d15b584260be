using System.Runtime.InteropServices;

namespace Promises.Server.Hosting;

/// <summary>
/// Ctrl-C and SIGTERM while the server is still starting: the host listens to them only once it runs, and without this a private PostgreSQL would be left behind.
/// </summary>
internal sealed class EarlySignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    private EarlySignals(Action<PosixSignalContext> handler) =>
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, handler), PosixSignalRegistration.Create(PosixSignal.SIGTERM, handler)];

    public static EarlySignals StopOn(WebApplication app) => new(signal =>
    {
        signal.Cancel = true;
        app.Lifetime.StopApplication();
    });

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
