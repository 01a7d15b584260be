using System.Text;

namespace Promises.StateStores.Tests;

/// <summary>What git was seen to print, also where it takes a full disk or a broken server to print it.</summary>
public sealed class PushReportTests
{
    [Theory]
    [InlineData(0, " \tabc:refs/heads/main\t1..2", "", PushOutcome.Acknowledged)]
    [InlineData(0, "*\tabc:refs/heads/main\t[new branch]", "", PushOutcome.Acknowledged)]
    [InlineData(0, "=\tabc:refs/heads/main\t[up to date]", "", PushOutcome.AlreadyThere)]
    [InlineData(0, "+\tabc:refs/heads/main\t1...2 (forced update)", "", PushOutcome.Forced)]
    [InlineData(1, "!\tabc:refs/heads/main\t[rejected] (stale info)", "", PushOutcome.Stale)]
    [InlineData(1, "!\tabc:refs/heads/main\t[rejected] (fetch first)", "", PushOutcome.Stale)]
    [InlineData(1, "!\tabc:refs/heads/main\t[rejected] (non-fast-forward)", "", PushOutcome.Stale)]
    [InlineData(1, "!\tabc:refs/heads/main\t[remote rejected] (failed to update ref)", "remote: error: cannot lock ref", PushOutcome.Stale)]
    [InlineData(1, "!\tabc:refs/heads/main\t[remote rejected] (pre-receive hook declined)", "remote: no", PushOutcome.Declined)]
    [InlineData(1, "!\tabc:refs/heads/main\t[remote rejected] (protected branch hook declined)", "", PushOutcome.Declined)]
    [InlineData(1, "!\tabc:refs/heads/main\t[remote rejected] (non-fast-forward)", "remote: error: denying non-fast-forward", PushOutcome.Failed)]
    [InlineData(1, "!\tabc:refs/heads/main\t[remote rejected] (unpacker error)", "remote: fatal: write error: No space left on device", PushOutcome.DiskFull)]
    [InlineData(1, "!\tabc:refs/heads/main\t[remote rejected] (unpacker error)", "remote: error: object 1: hasDotdot: contains '..'", PushOutcome.Declined)]
    [InlineData(1, "!\tabc:refs/heads/main\t[remote rejected] (unpacker error)", "fatal: loose object 1 (stored in 2) is corrupt", PushOutcome.MirrorDamaged)]
    [InlineData(1, "", "error: RPC failed; curl 52 Empty reply from server\nfatal: the remote end hung up unexpectedly", PushOutcome.Unknown)]
    [InlineData(1, "", "error: RPC failed; curl 28 Operation too slow", PushOutcome.Unknown)]
    [InlineData(0, "", "", PushOutcome.Unknown)]
    [InlineData(1, "", "error: object file x is empty", PushOutcome.MirrorDamaged)]
    [InlineData(128, "", "fatal: repository 'https://x/' not found", PushOutcome.NotFound)]
    [InlineData(128, "", "fatal: unable to access 'https://x/': Failed to connect to x port 443", PushOutcome.Unreachable)]
    [InlineData(128, "", "fatal: unable to access 'https://x/': Could not resolve host: x", PushOutcome.Unreachable)]
    [InlineData(128, "", "fatal: could not read Username for 'https://x': terminal prompts disabled", PushOutcome.AuthenticationFailed)]
    [InlineData(129, "", "usage: git push", PushOutcome.Failed)]
    public void An_answer_of_git_push_has_one_meaning(int code, string line, string error, PushOutcome outcome) =>
        PushReport.Read(new GitResult("Cannot push", code, Encoding.UTF8.GetBytes($"To x\n{line}\nDone\n"), error, false, false), ["main"]).Single().Outcome.ShouldBe(outcome);

    [Theory]
    [InlineData(0, "+\tabc:refs/heads/p\t1...2 (forced update)", PushOutcome.Acknowledged)]
    [InlineData(1, "+\tabc:refs/heads/p\t1...2 (forced update)\n!\tabc:refs/heads/main\t[rejected] (stale info)", PushOutcome.Acknowledged)]
    [InlineData(128, "+\tabc:refs/heads/p\t1...2 (forced update)", PushOutcome.Unknown)]
    [InlineData(1, "!\tabc:refs/heads/p\t[rejected] (stale info)", PushOutcome.Stale)]
    [InlineData(1, "!\tabc:refs/heads/p\t[remote rejected] (non-fast-forward)", PushOutcome.Declined)]
    public void A_branch_that_is_meant_to_be_replaced_may_lose_its_history_and_no_other(int code, string line, PushOutcome outcome)
    {
        var result = new GitResult("Cannot push", code, Encoding.UTF8.GetBytes($"To x\n{line}\nDone\n"), "", false, false);
        PushReport.Read(result, ["p"], new HashSet<string> { "p" }).Single().Outcome.ShouldBe(outcome);
        if (line[0] == '+') PushReport.Read(result, ["p"], new HashSet<string> { "main" }).Single().Outcome.ShouldBe(PushOutcome.Forced);
    }

    [Theory]
    [InlineData(1, "*\ta:refs/heads/a\t[new branch]\n!\tb:refs/heads/b\t[rejected] (stale info)", "", PushOutcome.Acknowledged, PushOutcome.Stale)]
    [InlineData(1, " \ta:refs/heads/a\t1..2\n!\tb:refs/heads/b\t[remote rejected] (hook declined)", "", PushOutcome.Acknowledged, PushOutcome.Declined)]
    [InlineData(1, "=\ta:refs/heads/a\t[up to date]\n!\tb:refs/heads/b\t[rejected] (stale info)", "", PushOutcome.AlreadyThere, PushOutcome.Stale)]
    [InlineData(0, " \ta:refs/heads/a\t1..2\n*\tb:refs/heads/b\t[new branch]", "", PushOutcome.Acknowledged, PushOutcome.Acknowledged)]
    [InlineData(1, "!\ta:refs/heads/a\t[rejected] (stale info)", "error: RPC failed; curl 52 Empty reply from server", PushOutcome.Stale, PushOutcome.Unknown)]
    [InlineData(1, "!\ta:refs/heads/a\t[rejected] (stale info)", "", PushOutcome.Stale, PushOutcome.Unknown)]
    [InlineData(128, " \ta:refs/heads/a\t1..2", "", PushOutcome.Unknown, PushOutcome.Unknown)]
    [InlineData(1, " \ta:refs/heads/a\t1..2\n*\tb:refs/heads/b\t[new branch]", "", PushOutcome.Unknown, PushOutcome.Unknown)]
    [InlineData(1, "", "fatal: unable to access 'https://x/': Failed to connect to x port 443", PushOutcome.Unreachable, PushOutcome.Unreachable)]
    [InlineData(1, "!\ta:refs/heads/a\t[remote rejected] (failed to update ref)\n!\tb:refs/heads/b\t[remote rejected] (failed to update ref)",
        "remote: error: cannot lock ref 'refs/heads/a': 'refs/heads/x' exists; cannot create 'refs/heads/a'", PushOutcome.Declined, PushOutcome.Stale)]
    public void Each_branch_of_a_push_has_an_answer_of_its_own(int code, string lines, string error, PushOutcome first, PushOutcome second) =>
        PushReport.Read(new GitResult("Cannot push", code, Encoding.UTF8.GetBytes($"To x\n{lines}\nDone\n"), error, false, false), ["a", "b"])
            .Select(result => result.Outcome).ShouldBe([first, second]);

    [Fact]
    public void A_push_that_was_stopped_is_unknown() =>
        PushReport.Read(new GitResult("Cannot push", -1, [], "", TimedOut: true, false), ["main"]).Single().Outcome.ShouldBe(PushOutcome.Unknown);

    [Fact]
    public void Words_of_the_remote_are_cleaned()
    {
        var error = Scrubber.Clean("remote: \u001b[31mhello\u0007 https://u:p@h/x t0ken Authorization: Basic abc\r\n", ["t0ken"]);
        error.ShouldBe("remote: [31mhello https://h/x *** Authorization: ***\n");
    }
}
