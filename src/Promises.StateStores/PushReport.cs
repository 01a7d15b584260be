namespace Promises.StateStores;

/// <summary>Reads the answer of <c>git push --porcelain</c>. Neither the exit code alone nor <c>Done</c> says that it succeeded: our line must.</summary>
internal static class PushReport
{
    /// <param name="replaced">The branches whose history we mean to give up; none where null.</param>
    /// <returns>What became of each branch, in their order.</returns>
    public static IReadOnlyList<PushResult> Read(GitResult result, IReadOnlyList<string> branches, IReadOnlySet<string>? replaced = null)
    {
        var lines = new Dictionary<string, (char Flag, string Summary)>(StringComparer.Ordinal);
        foreach (var parts in result.Text.Split('\n').Select(text => text.Split('\t')).Where(parts => parts is [{ Length: 1 }, _, _, ..]))
            lines[parts[1][(parts[1].IndexOf(':', StringComparison.Ordinal) + 1)..]] = (parts[0][0], Scrubber.Clean(parts[2], []));

        // With several branches git ends with 1 when one was refused; what it says of the others stands.
        var isWhole = result.ExitCode == 0 || (result.ExitCode == 1 && lines.Values.Any(line => line.Flag == '!'));
        return
        [
            .. branches.Select(branch => result.TimedOut ? new PushResult(PushOutcome.Unknown, result.Message) { IsInDoubt = true }
                : lines.TryGetValue(RefNames.Branch(branch), out var line) ? WithLine(result, branch, replaced?.Contains(branch) == true, isWhole, line.Flag, line.Summary)
                : WithoutLine(result, isAlone: lines.Count == 0)),
        ];
    }

    private static PushResult WithLine(GitResult result, string branch, bool replaces, bool isWhole, char flag, string summary) => (isWhole, flag) switch
    {
        (true, '+') when replaces => new PushResult(PushOutcome.Acknowledged, ""),
        (true, ' ' or '*') => new PushResult(PushOutcome.Acknowledged, ""),
        (true, '=') => new PushResult(PushOutcome.AlreadyThere, ""),
        (_, '+') when !replaces => new PushResult(PushOutcome.Forced, $"{result.Intention}: the history of the branch was rewritten ({summary})."),
        (_, '!') => PushRefusal.Of(result, branch, replaces, summary),
        _ => new PushResult(PushOutcome.Unknown, result.Message) { IsInDoubt = true },
    };

    /// <param name="isAlone">Git reported no branch at all.</param>
    private static PushResult WithoutLine(GitResult result, bool isAlone)
    {
        if (RemoteFaults.IsDamage(result.OwnWords)) return new PushResult(PushOutcome.MirrorDamaged, result.Message);

        // Beyond the point where the request was sent, both outcomes have been seen behind the same words.
        var sent = !isAlone || result.ExitCode == 0 || Has(result.Error, "RPC failed", "unexpected disconnect", "the remote end hung up", "send-pack", "early EOF");
        var fault = RemoteFaults.Of(result);
        var outcome = fault switch
        {
            StoreFault.AuthenticationFailed => PushOutcome.AuthenticationFailed,
            StoreFault.HostKeyRefused => PushOutcome.HostKeyRefused,
            StoreFault.CertificateRefused => PushOutcome.CertificateRefused,
            StoreFault.NotFound when !sent => PushOutcome.NotFound,
            StoreFault.DiskFull => PushOutcome.DiskFull,
            _ when sent => PushOutcome.Unknown,
            StoreFault.Unreachable => PushOutcome.Unreachable,
            _ => PushOutcome.Failed,
        };
        return new PushResult(outcome, result.Message) { IsInDoubt = sent };
    }

    private static bool Has(string text, params ReadOnlySpan<string> marks)
    {
        foreach (var mark in marks)
        {
            if (text.Contains(mark, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
