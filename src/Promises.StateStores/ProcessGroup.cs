using System.Runtime.InteropServices;

namespace Promises.StateStores;

/// <summary>
/// A push over HTTP is a chain of processes; when only the first is killed the others go on and may still finish the push.
/// Each git is therefore started by <c>setsid</c>, which makes it the leader of a group of its own with an unchanged id.
/// </summary>
internal static partial class ProcessGroup
{
    public const string Launcher = "setsid";

    private const int SigKill = 9;

    public static void Kill(int leader)
    {
        _ = kill(-leader, SigKill);
        // Before the launcher has made the group there is only the process itself.
        _ = kill(leader, SigKill);
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int pid, int signal);
}
