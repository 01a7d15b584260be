namespace Promises.Testing;

/// <summary>What runs on this machine.</summary>
internal static class RunningProcesses
{
    /// <summary>With their arguments, separated by spaces.</summary>
    public static IReadOnlyList<(int Id, string Command)> All() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(int.Parse!).Select(id => (id, CommandOf(id)))];

    public static IReadOnlyList<(int Id, string Command)> With(params string[] arguments) =>
        [.. All().Where(process => arguments.All(argument => process.Command.Contains(argument, StringComparison.Ordinal)))];

    /// <summary>Empty if it ended.</summary>
    public static string CommandOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
