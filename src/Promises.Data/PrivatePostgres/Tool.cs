using System.ComponentModel;
using System.Diagnostics;

namespace Promises.Data;

/// <summary>What a program said and how it ended.</summary>
internal sealed record ToolResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs PostgreSQL's and the system's small programs: arguments as a list, no shell, nothing of our environment that could sway them.</summary>
internal static class Tool
{
    public static async Task<ToolResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var start = Describe(command);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Start(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return new ToolResult(process.ExitCode, (await error + await output).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs what must succeed. <paramref name="intention"/> completes "Could not …".</summary>
    public static async Task<string> RequireAsync(string intention, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var result = await RunAsync(command, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new PrivatePostgresException($"Could not {intention}: {Path.GetFileName(command[0])} ended with {result.ExitCode} and says: {result.Output}");
    }

    /// <summary>
    /// Starts a program in a session of its own, so that Ctrl-C of our terminal does not reach it, with its output appended to a file, so that it outlives us.
    /// </summary>
    public static Process Detach(IReadOnlyList<string> command, string log)
    {
        // Only a shell can redirect to a file here; its text is fixed, all that varies is an argument. exec keeps the process id.
        var start = Describe(["setsid", "sh", "-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", log, .. command]);
        var process = Start(start);
        process.StandardInput.Close();
        return process;
    }

    private static ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = "/", RedirectStandardInput = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        // Messages are read by us and shown to people: English, whatever the locale.
        (start.Environment["LC_ALL"], start.Environment["LANGUAGE"]) = ("C", "C");
        return start;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new PrivatePostgresException($"Could not start {start.FileName}: {exception.Message}", exception);
        }
    }
}
