using System.Diagnostics;

namespace Promises.Testing;

/// <summary>Keys as <c>ssh-keygen</c> makes them.</summary>
/// <param name="Public">Type and key, without the comment.</param>
public sealed record SshKeys(string Private, string Public)
{
    /// <param name="format">Null for that of OpenSSH; <c>PEM</c> or <c>PKCS8</c>.</param>
    public static SshKeys Generate(string type = "ed25519", string? format = null, string passphrase = "")
    {
        using var place = new TempDirectory();
        string[] arguments = ["-q", "-t", type, "-N", passphrase, "-C", "test", "-f", place["key"]];
        Run(format is null ? arguments : [.. arguments, "-m", format]);
        return new SshKeys(File.ReadAllText(place["key"]), string.Join(' ', File.ReadAllText(place["key.pub"]).Split(' ')[..2]));
    }

    /// <summary>As <c>ssh-keygen -l</c> prints it.</summary>
    public string Fingerprint()
    {
        using var place = new TempDirectory();
        File.WriteAllText(place["key.pub"], Public + "\n");
        return Run("-l", "-f", place["key.pub"]).Split(' ')[1];
    }

    /// <summary>A line of known hosts, its name made unreadable.</summary>
    public static string Hashed(string knownHosts)
    {
        using var place = new TempDirectory();
        File.WriteAllText(place["known_hosts"], knownHosts);
        Run("-q", "-H", "-f", place["known_hosts"]);
        return File.ReadAllText(place["known_hosts"]);
    }

    private static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("ssh-keygen", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"ssh-keygen {string.Join(' ', arguments)}: {error.Result}");
    }
}
