using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>The built program as a process of its own, with its private PostgreSQL: for what a server in the test's process cannot show.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly StringBuilder _said = new();
    private readonly Process _process;

    private ServerProcess(Process process, string data) => (_process, Data) = (process, data);

    public string Data { get; }

    public Uri Address { get; private set; } = null!;

    public int Id => _process.Id;

    public ApiClient Client => new(Address, File.ReadAllText(Path.Combine(Data, "admin.token")).Trim());

    /// <summary>Everything it has written to its terminal so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>The directory of PostgreSQL's socket.</summary>
    public string Socket => "/tmp/promises-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.Combine(Data, "postgres"))))[..8];

    public int? Postgres => File.Exists(Path.Combine(Data, "postgres/postmaster.pid"))
        ? int.Parse(File.ReadLines(Path.Combine(Data, "postgres/postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture)
        : null;

    /// <summary>Starts it and does not wait.</summary>
    /// <param name="data">As the server is told it; relative to <paramref name="workingDirectory"/>.</param>
    /// <param name="settings">Further variables of its environment.</param>
    public static ServerProcess Begin(string data, int port = 0, string? workingDirectory = null, params IEnumerable<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("sh", ["-c", "umask 022 && exec \"$0\"", Program()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "/",
        };
        start.Environment["PROMISES_Data__Directory"] = data;
        start.Environment["PROMISES_Http__Port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["PROMISES_Git__AllowLocal"] = "true";
        start.Environment["Logging__LogLevel__Microsoft.EntityFrameworkCore"] = "None";
        start.Environment.Remove("ConnectionStrings__Promises");
        // 100 ms, in hexadecimal: the default of .NET. What is killed after seconds need not be compiled for good; hundreds of starts take a fifth less.
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "64";
        foreach (var (name, value) in settings) start.Environment[name] = value;

        var server = new ServerProcess(new Process { StartInfo = start }, Path.GetFullPath(data, workingDirectory ?? "/"));
        server._process.OutputDataReceived += (_, line) => server.Hear(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Hear(line.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    public static async Task<ServerProcess> StartAsync(string data, string? workingDirectory = null, params IEnumerable<(string Name, string Value)> settings)
    {
        var server = Begin(data, 0, workingDirectory, settings);
        try
        {
            Match address = Match.Empty;
            await Wait.UntilAsync(() => Task.FromResult(
                (address = Regex.Match(server.Said, "Promises listens on (http\\S+)")).Success || server._process.HasExited), TimeSpan.FromSeconds(60));
            address.Success.ShouldBeTrue(server.Said);
            server.Address = new Uri(address.Groups[1].Value);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task SignalAsync(string signal) => SignalAsync(signal, Id);

    public static async Task SignalAsync(string signal, params IEnumerable<int> processes)
    {
        using var kill = Process.Start("kill", [$"-{signal}", .. processes.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Processes that have the data directory among their arguments.</summary>
    public IReadOnlyList<(int Id, string Command)> Processes() => RunningProcesses.With(Data);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("TERM");
            // A test that failed may have left it stopped.
            await SignalAsync("CONT");
            await EndAsync();
        }

        // A test that failed may have left an orphan.
        if (Postgres is { } id && RunningProcesses.CommandOf(id).Contains(Data, StringComparison.Ordinal)) await SignalAsync("QUIT", id);
        if (Directory.Exists(Socket)) Directory.Delete(Socket, recursive: true);
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }

    private static string Program() => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Promises.Server/debug/Promises.Server"));
}
