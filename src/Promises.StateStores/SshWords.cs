namespace Promises.StateStores;

/// <summary>
/// Of a connection over ssh that came to nothing git knows only that. What ssh said before tells why, among much that names files which are gone by now.
/// </summary>
internal static class SshWords
{
    private static readonly string[] Noise =
    [
        "@", "IT IS POSSIBLE", "Someone could be", "It is also possible", "Please contact", "Add correct host key", "Offending", "remove with:", "ssh-keygen -f",
        "mux_client_", "ControlSocket ", "Please make sure", "and the repository exists",
    ];

    /// <returns>Null if it was not ssh.</returns>
    public static IReadOnlyList<string>? Of(string error)
    {
        const string verdict = "fatal: Could not read from remote repository.";
        if (!error.Contains(verdict, StringComparison.Ordinal)) return null;
        var words = error.Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0 && line != verdict && !Noise.Any(noise => line.StartsWith(noise, StringComparison.Ordinal))).ToList();
        return words.Count > 0 ? words : [verdict];
    }
}
