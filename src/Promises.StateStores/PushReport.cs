namespace Promises.StateStores;

/// <summary>Reads the answer of <c>git push --porcelain</c>. Neither the exit code alone nor <c>Done</c> says that it succeeded: our line must.</summary>
internal static class PushReport
{
    public static PushResult Read(GitResult result, string branch)
    {
        if (result.TimedOut) return new PushResult(PushOutcome.Unknown, result.Message);

        var line = result.Text.Split('\n').Select(text => text.Split('\t')).FirstOrDefault(
            parts => parts.Length >= 3 && parts[0].Length == 1 && parts[1].EndsWith($":{RefNames.Branch(branch)}", StringComparison.Ordinal));
        if (line is null) return WithoutLine(result);

        var (flag, summary) = (line[0][0], Scrubber.Clean(line[2], []));
        return (result.ExitCode, flag) switch
        {
            (0, ' ' or '*') => new PushResult(PushOutcome.Acknowledged, ""),
            (0, '=') => new PushResult(PushOutcome.AlreadyThere, ""),
            (_, '+') => new PushResult(PushOutcome.Forced, $"{result.Intention}: the history of the branch was rewritten ({summary})."),
            (_, '!') => Rejected(result, summary),
            _ => new PushResult(PushOutcome.Unknown, result.Message),
        };
    }

    private static PushResult Rejected(GitResult result, string summary)
    {
        var said = result.RemoteWords;
        var message = $"{result.Intention}: {summary}{(said.Length > 0 ? $": {said}" : "")}";
        var outcome = summary switch
        {
            _ when Has(summary, "stale info", "fetch first") => PushOutcome.Stale,
            // From the remote itself it is a ban on rewriting, which our commits never do.
            _ when Has(summary, "non-fast-forward") => Has(summary, "remote rejected") ? PushOutcome.Failed : PushOutcome.Stale,
            _ when Has(summary, "failed to update ref", "cannot lock ref", "incorrect old value", "reference already exists") => PushOutcome.Stale,
            // It got half a pack because we could not read our own objects.
            _ when Has(summary, "unpacker error") && RemoteFaults.IsDamage(result.OwnWords) => PushOutcome.MirrorDamaged,
            _ when Has(summary, "unpacker error") && Has(result.Error, "No space left on device", "Disk quota exceeded") => PushOutcome.DiskFull,
            _ when Has(summary, "remote failed to report status") => PushOutcome.Unknown,
            _ => PushOutcome.Declined,
        };
        return new PushResult(outcome, message);
    }

    private static PushResult WithoutLine(GitResult result)
    {
        if (RemoteFaults.IsDamage(result.OwnWords)) return new PushResult(PushOutcome.MirrorDamaged, result.Message);

        // Beyond the point where the request was sent, both outcomes have been seen behind the same words.
        var sent = Has(result.Error, "RPC failed", "unexpected disconnect", "the remote end hung up", "send-pack", "early EOF");
        var fault = RemoteFaults.Of(result);
        var outcome = fault switch
        {
            StoreFault.AuthenticationFailed => PushOutcome.AuthenticationFailed,
            StoreFault.HostKeyRefused => PushOutcome.HostKeyRefused,
            StoreFault.CertificateRefused => PushOutcome.CertificateRefused,
            StoreFault.NotFound when !sent => PushOutcome.NotFound,
            StoreFault.DiskFull => PushOutcome.DiskFull,
            _ when sent || result.ExitCode == 0 => PushOutcome.Unknown,
            StoreFault.Unreachable => PushOutcome.Unreachable,
            _ => PushOutcome.Failed,
        };
        return new PushResult(outcome, result.Message);
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
