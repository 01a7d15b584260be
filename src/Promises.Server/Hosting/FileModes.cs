using System.Runtime.InteropServices;

namespace Promises.Server.Hosting;

/// <summary>
/// What this process, and whatever it starts, makes from now on is for its own user alone: keys, embedded stores and mirrors lie in a directory that others may
/// have to pass through.
/// </summary>
internal static partial class FileModes
{
    private const uint OthersHaveNothing = 0x3F; // 077

    /// <returns>The mask that was in force before.</returns>
    public static uint CloseToOthers() => umask(OthersHaveNothing);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);
}
