using System.Diagnostics;
using System.Text;

namespace Promises.StateStores;

/// <summary>Starts git and what belongs to it. Nothing else does.</summary>
internal sealed class GitProcess(GitOptions options, TimeProvider time)
{
    private const int ErrorLimit = 64 * 1024;

    private readonly GitEnvironment _environment = new(options);

    public GitOptions Options => options;

    public SshConnections Connections { get; } = new(options);

    /// <summary>Runs git to its end, its time limit, or cancellation; then its whole process group is gone.</summary>
    public async Task<GitResult> RunAsync(GitCommand command, CancellationToken cancellationToken)
    {
        using var files = new PrivateFiles(options.PrivateDirectory);
        using var process = new Process { StartInfo = Start(command, command.Remote?.Prepare(files)) };
        using var limit = new CancellationTokenSource(command.Limit ?? options.LocalLimit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        process.Start();

        using var kept = new MemoryStream();
        using var said = new MemoryStream();
        var output = command.Output is null
            ? KeepAsync(process.StandardOutput.BaseStream, kept, command.OutputLimit)
            : OrStopAsync(command.Output(process.StandardOutput.BaseStream, stop.Token), stop);
        var error = KeepAsync(process.StandardError.BaseStream, said, ErrorLimit);
        var input = FeedAsync(process, command.Input, stop);
        var end = Task.WhenAll(input, output, error, process.WaitForExitAsync(CancellationToken.None));
        var timedOut = false;
        try
        {
            await end.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            ProcessGroup.Kill(process.Id);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            // Not by the clock but by a stream that failed: that is what the caller wants to know.
            if (!limit.IsCancellationRequested) await end;
            timedOut = true;
            await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(TimeSpan.FromSeconds(5), time, CancellationToken.None));
        }

        var cut = command.Output is null && !timedOut && await KeptAllAsync(output);
        var result = new GitResult(
            command.Intention, timedOut ? -1 : process.ExitCode, timedOut ? [] : kept.ToArray(),
            timedOut ? "" : Scrubber.Clean(Encoding.UTF8.GetString(said.ToArray()), command.Remote?.Secrets ?? []), timedOut, cut);
        command.Remote?.Ended(result);
        return result;
    }

    private static async Task<bool> KeptAllAsync(Task output) => output is Task<bool> kept && await kept;

    private ProcessStartInfo Start(GitCommand command, RemoteSettings? remote)
    {
        var start = new ProcessStartInfo(ProcessGroup.Launcher)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        if (command.Remote is { IsFile: true } && options.ForeignUmask is { } mask)
        {
            // Only a shell can set it for another process; its text is fixed, and exec keeps the process id.
            foreach (var argument in (string[])["sh", "-c", "umask \"$0\" && exec \"$@\"", Convert.ToString(mask, 8)]) start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add(command.Program);
        foreach (var argument in command.Arguments) start.ArgumentList.Add(argument);
        _environment.Apply(start, command, remote);
        return start;
    }

    private static async Task FeedAsync(Process process, Func<Stream, CancellationToken, Task>? input, CancellationTokenSource stop)
    {
        try
        {
            await using var stream = process.StandardInput.BaseStream;
            if (input is not null) await input(stream, stop.Token);
        }
        catch (IOException)
        {
            // Git ended before it read everything, or who sends it went away: the exit code says what came of it.
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private static async Task OrStopAsync(Task output, CancellationTokenSource stop)
    {
        try
        {
            await output;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    /// <summary>Reads to the end whatever comes, so that git never waits for us, and keeps what fits. Answers whether something did not.</summary>
    private static async Task<bool> KeepAsync(Stream from, MemoryStream to, int most)
    {
        var buffer = new byte[16 * 1024];
        var cut = false;
        for (int read; (read = await from.ReadAsync(buffer)) > 0;)
        {
            var fits = (int)Math.Min(read, most - to.Length);
            to.Write(buffer, 0, fits);
            cut |= fits < read;
        }

        return cut;
    }
}
