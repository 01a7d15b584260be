namespace Promises.StateStores;

/// <summary>Says of the answer to a push without git what <see cref="PushReport"/> says of git's.</summary>
internal static class DirectReport
{
    /// <returns>What became of each move, in their order. Unknown where it is our pack that was refused: git may make a better one.</returns>
    public static IReadOnlyList<PushResult> Read(string intention, PushAnswer answer, IReadOnlyList<BranchMove> moves, IEnumerable<string> secrets)
    {
        var said = answer.IsUnpacked ? answer.Words : $"{answer.Words}\nunpack failed: {answer.Unpack}";
        // As git puts it, since that is what the refusals are told from.
        var words = Scrubber.Clean(said, secrets).Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).Select(line => $"remote: {line}\n");
        var result = new GitResult(intention, 1, [], string.Concat(words), TimedOut: false, Cut: false);
        return [.. moves.Select(move => answer.Refusals[RefNames.Branch(move.Branch)] is { } reason
            ? Refused(result, move, Scrubber.Clean(reason, secrets), answer.IsUnpacked)
            : new PushResult(PushOutcome.Acknowledged, ""))];
    }

    public static IReadOnlyList<PushResult> Unknown(string message, IReadOnlyList<BranchMove> moves) =>
        [.. moves.Select(_ => new PushResult(PushOutcome.Unknown, message) { IsInDoubt = true })];

    private static PushResult Refused(GitResult result, BranchMove move, string reason, bool isUnpacked)
    {
        var refusal = PushRefusal.Of(result, move.Branch, move.Replaces, $"[remote rejected] ({reason})");
        var isOfPack = !isUnpacked || reason == "missing necessary objects";
        return isOfPack && refusal.Outcome == PushOutcome.Declined ? refusal with { Outcome = PushOutcome.Unknown } : refusal;
    }
}
