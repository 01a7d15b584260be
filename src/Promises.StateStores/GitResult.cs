using System.Text;

namespace Promises.StateStores;

/// <summary>What a run of git came to.</summary>
/// <param name="Error">Standard error, without secrets.</param>
/// <param name="TimedOut">It was killed: whether it did what it was to do is unknown.</param>
/// <param name="Cut">There was more output than was kept.</param>
internal sealed record GitResult(string Intention, int ExitCode, byte[] Output, string Error, bool TimedOut, bool Cut)
{
    private const int LongestLine = 200;
    private const int MostLines = 10;

    public bool Succeeded => ExitCode == 0 && !TimedOut && !Cut;

    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The intention, what is the matter where git does not put it plainly, and git's own words.</summary>
    public string Message => RemoteFaults.Of(this) switch
    {
        StoreFault.AuthenticationFailed => $"{Intention}: the host does not accept the credential, or wants one. Git says: {Words}.",
        StoreFault.HostKeyRefused => $"{Intention}: the host shows a key that is not among the credential's knownHosts; it may be another host. Ssh says: {Words}.",
        StoreFault.CertificateRefused => $"{Intention}: the certificate of the host is not trusted; one of a private authority needs caCertificate in the credential. Git says: {Words}.",
        StoreFault.Failed when RemoteFaults.IsSshMissing(Error) => $"{Intention}: the program ssh is not installed where the server runs.",
        _ => $"{Intention}: {Words}.",
    };

    /// <summary>What the remote wrote, such as the output of a hook.</summary>
    public string RemoteWords => Lines(Error.Split('\n').Where(IsRemote).Select(line => line[RemotePrefix.Length..]));

    /// <summary>Standard error without what the remote wrote.</summary>
    public string OwnWords => string.Join('\n', Error.Split('\n').Where(line => !IsRemote(line)));

    private const string RemotePrefix = "remote:";

    private string Words
    {
        get
        {
            if (TimedOut) return "git took too long and was stopped";
            if (Cut) return "the answer is too long";
            if (SshWords.Of(Error) is { } ssh) return Lines(ssh).TrimEnd('.');
            var telling = Error.Split('\n').Where(line => !line.Contains("askpass", StringComparison.Ordinal)).Where(line =>
                line.StartsWith("fatal:", StringComparison.Ordinal) || line.StartsWith("error:", StringComparison.Ordinal) || IsRemote(line)).ToList();
            var words = Lines(telling.Count > 0 ? telling : Error.Split('\n'));
            return words.Length > 0 ? words.TrimEnd('.') : $"git ended with {ExitCode}";
        }
    }

    private static bool IsRemote(string line) => line.StartsWith(RemotePrefix, StringComparison.Ordinal);

    private static string Lines(IEnumerable<string> lines) => string.Join("; ", lines
        .Select(line => line.Trim()).Where(line => line.Length > 0)
        .Take(MostLines).Select(line => line.Length > LongestLine ? line[..LongestLine] + "…" : line));

    public GitResult OrThrow() => Succeeded ? this : throw RemoteFaults.Describe(this);
}
