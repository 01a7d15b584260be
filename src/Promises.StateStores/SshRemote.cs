using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Promises.Model.Documents;
using Promises.Model.Keys;

namespace Promises.StateStores;

internal sealed class SshRemote(RemoteUrl url, IReadOnlyList<IPAddress> addresses, GitKey credential, SshConnections connections) : RemoteAccess(url)
{
    /// <summary>Nothing of the machine's configuration, no agent, no questions, no forwarding, only hosts that the credential knows.</summary>
    private const string Fixed =
        "ssh -F none -a -x -T -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none -o PreferredAuthentications=publickey"
        + " -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no -o CheckHostIP=no -o CanonicalizeHostname=no"
        + " -o ClearAllForwardings=yes -o PermitLocalCommand=no -o LogLevel=ERROR"
        + " -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3";

    private readonly RemoteUrl _url = url;
    private SshConnection? _connection;

    public override IEnumerable<string> Secrets => [credential.PrivateKey];

    public override RemoteSettings Prepare(PrivateFiles files)
    {
        _connection = connections.Choose(addresses, Identity());
        var command = new StringBuilder(Fixed);
        command.Append(" -i ").Append(Quoted(Percent(files.Write("key", credential.PrivateKey))));
        Option("UserKnownHostsFile", files.Write("known_hosts", credential.KnownHosts!));
        // Ssh goes to the address that was judged, and looks for the key of the name.
        Option("HostName", _connection.Address.ToString());
        Option("HostKeyAlias", Alias());
        if (GitUrl.SshUser(_url.Text) is null) Option("User", "git");
        if (_connection.Socket is { } socket)
        {
            Option("ControlMaster", "auto");
            Option("ControlPersist", SshConnections.IdleSeconds.ToString(CultureInfo.InvariantCulture));
            Option("ControlPath", socket);
        }

        return new RemoteSettings([], [("GIT_SSH_COMMAND", command.ToString()), ("GIT_SSH_VARIANT", "ssh")]);

        void Option(string name, string value) => command.Append(" -o ").Append(Quoted($"{name}=\"{Percent(value)}\""));
    }

    public override void Ended(GitResult result)
    {
        if (_connection is not null && !result.Succeeded) connections.Failed(_connection, result.TimedOut, RemoteFaults.Of(result) == StoreFault.Unreachable);
    }

    /// <summary>
    /// The name that the host's key is looked up by. Ssh itself would try a name without the port as well, but not for an alias.
    /// </summary>
    private string Alias()
    {
        var host = _url.Host.TrimEnd('.').ToLowerInvariant();
        var name = _url.Port == 22 ? host : string.Create(CultureInfo.InvariantCulture, $"[{host}]:{_url.Port}");
        return !KnownHosts.Names(credential.KnownHosts!, name) && KnownHosts.Names(credential.KnownHosts!, host) ? host : name;
    }

    /// <summary>Who shares a connection: the same user of the same host, let in by the same key and knowing the same hosts.</summary>
    private string Identity() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', GitUrl.SshUser(_url.Text), _url.Host, _url.Port, credential.PrivateKey, credential.KnownHosts))));

    // Ssh puts something else in place of a percent sign and the letter after it.
    private static string Percent(string value) => value.Replace("%", "%%", StringComparison.Ordinal);

    /// <summary>Git gives the command to a shell.</summary>
    private static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
