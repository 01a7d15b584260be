namespace Promises.Data;

/// <summary>Whom PostgreSQL runs as: it refuses to run as root.</summary>
/// <param name="Name">Null: as ourselves.</param>
internal sealed record PostgresUser(string? Name, IReadOnlyList<string> Prefix)
{
    public static PostgresUser Ourselves { get; } = new(null, []);

    /// <summary>Ourselves, unless we are root: then the owner of the data, or else <c>postgres</c>, or else <c>nobody</c>.</summary>
    public static async Task<PostgresUser> ChooseAsync(string data, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess) return Ourselves;

        var owner = Directory.Exists(data) ? await Tool.RequireAsync($"see who owns {data}", ["stat", "-c", "%U", "--", data], cancellationToken) : null;
        foreach (var name in new[] { owner, "postgres", "nobody" })
        {
            if (name is null or "root" or "UNKNOWN" || !(await Tool.RunAsync(["id", "-u", name], cancellationToken)).Succeeded) continue;
            var group = await Tool.RequireAsync($"see the group of user {name}", ["id", "-g", name], cancellationToken);
            // setpriv becomes the program; runuser stays around it as a parent, which works too.
            IReadOnlyList<string> prefix = await IsThereAsync("setpriv", cancellationToken)
                ? ["setpriv", $"--reuid={name}", $"--regid={group}", "--init-groups", "--"]
                : ["runuser", "-u", name, "--"];
            return new PostgresUser(name, prefix);
        }

        throw new PrivatePostgresException("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as. Start the server as another user.");
    }

    /// <summary>Names the parent that keeps the user out, if one does.</summary>
    public async Task RequireWayToAsync(string directory, CancellationToken cancellationToken)
    {
        if (Name is null || await CanEnterAsync(directory, cancellationToken)) return;

        var way = new Stack<string>();
        for (var step = directory; step is not null; step = Path.GetDirectoryName(step)) way.Push(step);
        foreach (var step in way)
        {
            if (await CanEnterAsync(step, cancellationToken)) continue;
            throw new PrivatePostgresException(
                $"PostgreSQL runs as user {Name}, who cannot enter {step}, on the way to {directory}. "
                + $"Allow it with chmod o+x {step}, name a data directory elsewhere, or start the server as a user other than root.");
        }
    }

    private async Task<bool> CanEnterAsync(string directory, CancellationToken cancellationToken) =>
        (await Tool.RunAsync([.. Prefix, "test", "-x", directory], cancellationToken)).Succeeded;

    private static async Task<bool> IsThereAsync(string program, CancellationToken cancellationToken)
    {
        try
        {
            return (await Tool.RunAsync([program, "--version"], cancellationToken)).Succeeded;
        }
        catch (PrivatePostgresException)
        {
            return false;
        }
    }
}
