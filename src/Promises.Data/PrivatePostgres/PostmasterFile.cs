using System.Globalization;

namespace Promises.Data;

/// <summary>PostgreSQL's <c>postmaster.pid</c>: which process serves the data, and over which socket.</summary>
internal sealed record PostmasterFile(int ProcessId, string SocketDirectory)
{
    // One above the highest number that Linux gives.
    private const string NoProcess = "4194305";

    /// <summary>What the file says if the process it names is alive and really serves these data; else null.</summary>
    public static PostmasterFile? ReadLive(string data)
    {
        var lines = Lines(data);
        return lines.Length >= 5 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var id) && Serves(id, lines[1])
            ? new PostmasterFile(id, lines[4])
            : null;
    }

    /// <summary>
    /// PostgreSQL does not start while the process named in the file exists, even if the number went to another one or the process is a zombie.
    /// Only the number is replaced: the rest of the file guards against workers of the old PostgreSQL that are still alive.
    /// </summary>
    public static void Disown(string data)
    {
        var lines = Lines(data);
        if (lines.Length == 0 || !Directory.Exists("/proc/" + lines[0])) return;
        lines[0] = NoProcess;
        File.WriteAllText(PathIn(data), string.Join('\n', lines) + "\n");
    }

    private static string PathIn(string data) => Path.Combine(data, "postmaster.pid");

    private static string[] Lines(string data)
    {
        try
        {
            return File.ReadAllLines(PathIn(data));
        }
        catch (IOException)
        {
            return [];
        }
    }

    // The file holds the directory as it was named at the start, so the name by which we reach it does not matter.
    // A zombie has no command line, and workers of PostgreSQL replace theirs by a title.
    private static bool Serves(int id, string data)
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
            return Path.GetFileName(arguments[0]) == "postgres" && Array.IndexOf(arguments, "-D") is >= 0 and var at && arguments[at + 1] == data;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
