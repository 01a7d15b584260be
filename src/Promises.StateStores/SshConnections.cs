using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Promises.StateStores;

/// <param name="Socket">Where the process that keeps the connection listens; null where none can be kept.</param>
internal sealed record SshConnection(IPAddress Address, string? Socket);

/// <summary>
/// Connections that outlive the git that opened them, since to open one costs more than to push: ssh leaves a process behind that ends when nobody has used it
/// for a while. It has a session of its own, so that a git which is killed with its group takes none of the others along.
/// </summary>
internal sealed class SshConnections(GitOptions options)
{
    public const int IdleSeconds = 60;

    /// <summary>Paths of unix sockets hold 104 to 108 bytes, and ssh appends 17 while it makes one.</summary>
    private const int LongestPath = 86;

    private const string Prefix = "promises-ssh-";

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<IPAddress, long> _failures = [];
    private string? _directory;
    private long _count;

    /// <summary>The address that a connection is open to, else one that has not failed lately.</summary>
    /// <param name="identity">Of who may share a connection.</param>
    public SshConnection Choose(IReadOnlyList<IPAddress> addresses, string identity)
    {
        var directory = Directory();
        var all = addresses.OrderBy(address => _failures.GetValueOrDefault(address))
            .Select(address => new SshConnection(address, directory is null ? null : SocketOf(directory, address, identity))).ToList();
        return all.Find(connection => File.Exists(connection.Socket)) ?? all[0];
    }

    /// <param name="hung">It did not answer: whoever comes next opens another.</param>
    /// <param name="unreachable">Whoever comes next tries another address.</param>
    public void Failed(SshConnection connection, bool hung, bool unreachable)
    {
        // Those who still use it go on, as it stays open for them.
        if (hung && connection.Socket is not null) File.Delete(connection.Socket);
        if (!unreachable) return;
        if (_failures.Count > 1000) _failures.Clear();
        _failures[connection.Address] = Interlocked.Increment(ref _count);
    }

    /// <summary>Ends all that are open.</summary>
    public async Task EndAsync(GitProcess processes)
    {
        string? directory;
        lock (_gate) (directory, _directory) = (_directory, null);
        if (directory is null || !System.IO.Directory.Exists(directory)) return;

        await Task.WhenAll(System.IO.Directory.EnumerateFiles(directory).Select(socket => processes.RunAsync(
            new GitCommand("Cannot close a connection", ["-F", "none", "-O", "exit", "-o", $"ControlPath={socket}", "--", "any"]) { Program = "ssh", Limit = TimeSpan.FromSeconds(2) },
            CancellationToken.None)));
        System.IO.Directory.Delete(directory, recursive: true);
        File.Delete(options.ConnectionsNote);
    }

    /// <summary>Forgets the connections of a process that was killed; they end by themselves.</summary>
    public static void Sweep(GitOptions options)
    {
        if (!File.Exists(options.ConnectionsNote)) return;
        var left = File.ReadAllText(options.ConnectionsNote);
        if (Path.GetFileName(left).StartsWith(Prefix, StringComparison.Ordinal) && System.IO.Directory.Exists(left)) System.IO.Directory.Delete(left, recursive: true);
        File.Delete(options.ConnectionsNote);
    }

    /// <summary>The data directory may have a path too long for a socket, so they lie among the temporary files, in a directory that only our user enters.</summary>
    private string? Directory()
    {
        lock (_gate)
        {
            // Temporary files that nobody touched for days may be cleared away, and ssh refuses to work where it cannot listen.
            if (_directory is not null && System.IO.Directory.Exists(_directory)) return _directory;
            try
            {
                _directory = System.IO.Directory.CreateTempSubdirectory(Prefix).FullName;
                System.IO.Directory.CreateDirectory(Path.GetDirectoryName(options.ConnectionsNote)!);
                File.WriteAllText(options.ConnectionsNote, _directory);
                return _directory;
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                // It works without, only slower.
                return _directory = null;
            }
        }
    }

    private static string? SocketOf(string directory, IPAddress address, string identity)
    {
        var socket = Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity}\n{address}")))[..16]);
        return Encoding.UTF8.GetByteCount(socket) <= LongestPath ? socket : null;
    }
}
