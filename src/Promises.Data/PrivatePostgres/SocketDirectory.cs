using System.Security.Cryptography;
using System.Text;

namespace Promises.Data;

/// <summary>
/// The directory of the unix socket, the only way to the private PostgreSQL: whoever can enter it is let in. Its path follows from that of the data,
/// so that the next server finds the PostgreSQL of one that died.
/// </summary>
internal sealed class SocketDirectory(PrivatePostgresOptions options, string data)
{
    public string Path { get; } = System.IO.Path.Combine(
        options.SocketParent, "promises-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..8]);

    /// <summary>Makes it as the user PostgreSQL runs as. One that somebody else made, to listen in, is refused.</summary>
    public async Task CreateAsync(PostgresUser user, CancellationToken cancellationToken)
    {
        var made = await Tool.RunAsync([.. user.Prefix, "mkdir", "-m", "0700", "--", Path], cancellationToken);
        if (made.Succeeded) return;

        var expected = await Tool.RequireAsync("see the id of PostgreSQL's user", [.. user.Prefix, "id", "-u"], cancellationToken);
        var found = await Tool.RunAsync(["stat", "-c", "%u %a %F", "--", Path], cancellationToken);
        if (found.Output == $"{expected} 700 directory") return;

        throw new PrivatePostgresException(found.Succeeded
            ? $"The socket directory {Path} exists and is not PostgreSQL's own: it is a {found.Output.Split(' ', 3)[2]} of user {found.Output.Split(' ')[0]} with mode {found.Output.Split(' ')[1]}. Remove it."
            : $"Could not make the socket directory {Path}: {made.Output}");
    }

    /// <summary>Takes away what a PostgreSQL that died left behind.</summary>
    public void Clear()
    {
        foreach (var file in Directory.EnumerateFiles(Path)) File.Delete(file);
    }

    public void Remove()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
