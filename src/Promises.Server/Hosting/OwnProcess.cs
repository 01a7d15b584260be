using System.Runtime.InteropServices;

namespace Promises.Server.Hosting;

/// <summary>Signals to this process itself, of the kind that nobody can catch: nothing of the runtime gets to tidy up.</summary>
internal static partial class OwnProcess
{
    private const int SigKill = 9;
    private const int SigStop = 19;

    public static void Kill() => _ = kill(Environment.ProcessId, SigKill);

    public static void Stop() => _ = kill(Environment.ProcessId, SigStop);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int pid, int signal);
}
