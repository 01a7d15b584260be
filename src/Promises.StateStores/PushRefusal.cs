namespace Promises.StateStores;

/// <summary>Tells from the words of a refusal what it means, whoever read them: git, or we.</summary>
internal static class PushRefusal
{
    /// <param name="summary">As git has it, such as <c>[remote rejected] (hook declined)</c>.</param>
    public static PushResult Of(GitResult result, string branch, bool replaces, string summary)
    {
        var said = result.RemoteWords;
        var message = $"{result.Intention}: {summary}{(said.Length > 0 ? $": {said}" : "")}";
        var outcome = summary switch
        {
            _ when Has(summary, "stale info", "fetch first") => PushOutcome.Stale,
            // A ban on rewriting, which proposals need.
            _ when replaces && Has(summary, "non-fast-forward") && Has(summary, "remote rejected") => PushOutcome.Declined,
            // From the remote itself it is a ban on rewriting, which our commits never do.
            _ when Has(summary, "non-fast-forward") => Has(summary, "remote rejected") ? PushOutcome.Failed : PushOutcome.Stale,
            // A branch fleet/c1 cannot be while there is one named fleet: nothing that trying again would mend.
            _ when Has(result.Error, $"exists; cannot create '{RefNames.Branch(branch)}'") => PushOutcome.Declined,
            _ when Has(summary, "failed to update ref", "cannot lock ref", "incorrect old value", "reference already exists") => PushOutcome.Stale,
            // It got half a pack because we could not read our own objects.
            _ when Has(summary, "unpacker error") && RemoteFaults.IsDamage(result.OwnWords) => PushOutcome.MirrorDamaged,
            _ when Has(summary, "unpacker error") && Has(result.Error, "No space left on device", "Disk quota exceeded") => PushOutcome.DiskFull,
            _ when Has(summary, "remote failed to report status") => PushOutcome.Unknown,
            _ => PushOutcome.Declined,
        };
        return new PushResult(outcome, message) { IsInDoubt = true };
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
