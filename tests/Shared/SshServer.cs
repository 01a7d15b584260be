using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Promises.Testing;

/// <summary>A real sshd on a free port of this machine, for the user that runs the tests.</summary>
public sealed class SshServer : IDisposable
{
    private const string Program = "/usr/sbin/sshd";

    private readonly TempDirectory _place = new();
    private readonly SshKeys _host = SshKeys.Generate();
    private Process? _process;

    /// <param name="user">Opens it; null for new ones.</param>
    public SshServer(SshKeys? user = null)
    {
        User = user ?? SshKeys.Generate();
        if (!File.Exists(Program)) throw new InvalidOperationException("These tests need sshd: apt-get install openssh-server");
        // Made by its service where that runs; sshd that is started as root insists on it.
        if (Environment.IsPrivilegedProcess) Directory.CreateDirectory("/run/sshd");
        Port = FreePort();
        Start();
    }

    public int Port { get; }

    /// <summary>Opens it.</summary>
    public SshKeys User { get; }

    public string KnownHosts => KnownHostsOf("127.0.0.1");

    /// <summary>What it was asked and what it said, so far.</summary>
    public string Log => File.ReadAllText(_place["log"]);

    /// <summary>Connections that were let in.</summary>
    public int Logins => Log.Split('\n').Count(line => line.Contains("Accepted publickey", StringComparison.Ordinal));

    public string KnownHostsOf(string host) => string.Create(CultureInfo.InvariantCulture, $"[{host}]:{Port} {_host.Public}\n");

    public string Url(string path, string host = "127.0.0.1") => string.Create(CultureInfo.InvariantCulture, $"ssh://{Environment.UserName}@{host}:{Port}{path}");

    /// <summary>Also ends the connections that are open.</summary>
    public void Stop()
    {
        if (_process is null) return;
        // Sessions are processes of their own.
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Start()
    {
        Write("host", _host.Private);
        Write("authorized_keys", User.Public + "\n");
        Write("config", $"""
            Port {Port.ToString(CultureInfo.InvariantCulture)}
            ListenAddress 127.0.0.1
            HostKey {_place["host"]}
            AuthorizedKeysFile {_place["authorized_keys"]}
            PidFile none
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            StrictModes no
            MaxStartups 100
            AcceptEnv GIT_PROTOCOL
            SetEnv HOME={_place.Path} GIT_CONFIG_NOSYSTEM=1
            LogLevel VERBOSE

            """);
        _process = Process.Start(new ProcessStartInfo(Program, ["-D", "-f", _place["config"], "-E", _place["log"]]))!;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                probe.Connect(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (attempt < 500 && !_process.HasExited)
            {
                _process.WaitForExit(10);
            }
        }
    }

    public void Dispose()
    {
        Stop();
        _place.Dispose();
    }

    private void Write(string name, string content)
    {
        using var file = new StreamWriter(_place[name], new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(content);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
