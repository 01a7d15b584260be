using System.Diagnostics;
using System.Globalization;

namespace Promises.Benchmarks.Harness;

/// <summary>The server as a process of its own: for its memory, its processor time, and its start.</summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProgram(Process process, string data) => (_process, Data) = (process, data);

    public string Data { get; }

    public long Began { get; private init; }

    public string Token => File.ReadAllText(Path.Combine(Data, "admin.token")).Trim();

    /// <summary>The most memory it ever held.</summary>
    public long PeakBytes => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static ServerProgram Start(string data, string connectionString, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Promises.Server")) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["ConnectionStrings__Promises"] = connectionString;
        start.Environment["PROMISES_Data__Directory"] = data;
        start.Environment["PROMISES_Http__Port"] = "0";
        start.Environment["PROMISES_Git__AllowLocal"] = "true";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in settings) start.Environment[name] = value;

        var began = Stopwatch.GetTimestamp();
        var server = new ServerProgram(new Process { StartInfo = start, EnableRaisingEvents = true }, data) { Began = began };
        server._process.OutputDataReceived += (_, line) => server.Hear(line.Data);
        server._process.Exited += (_, _) => server._address.TrySetException(new InvalidOperationException("The server ended."));
        server._process.Start();
        server._process.BeginOutputReadLine();
        return server;
    }

    public Task<Uri> AddressAsync() => _address.Task;

    /// <summary>Waits until it has used nearly no processor for two seconds: what a start sets off is done.</summary>
    /// <returns>When that began.</returns>
    public async Task<long> QuietAsync()
    {
        var since = Stopwatch.GetTimestamp();
        for (var before = ProcessorTime; Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(2);)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            var now = ProcessorTime;
            if (now - before > TimeSpan.FromMilliseconds(20)) since = Stopwatch.GetTimestamp();
            before = now;
        }

        return since;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        const string listens = "Promises listens on ";
        if (line?.StartsWith(listens, StringComparison.Ordinal) == true) _address.TrySetResult(new Uri(line[listens.Length..].Split(' ')[0]));
    }
}
