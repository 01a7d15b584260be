using System.Diagnostics;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>A server over ssh that lets the stores of this fixture in, and the processes that keep connections to it.</summary>
internal sealed class SshFixture : IAsyncDisposable
{
    public SshFixture() => Stores.Credential = new GitKey(Server.User.Private, Server.KnownHosts);

    public StoreFixture Stores { get; } = new();

    public SshServer Server { get; } = new();

    /// <summary>Where keys lie while they are used.</summary>
    public string Private => Stores.Options.PrivateDirectory;

    public IStateStore Open(string repository = "app") => Stores.Ssh(Server, repository);

    /// <summary>Processes that keep our connections.</summary>
    public int[] Masters() => [.. RunningProcesses.With("[mux]", File.ReadAllText(Stores.Options.ConnectionsNote)).Select(process => process.Id)];

    public static void Signal(string name, int process)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        await Stores.Provider.DisposeAsync();
        Server.Dispose();
        Stores.Dispose();
    }
}
