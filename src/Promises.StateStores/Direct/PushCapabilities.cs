namespace Promises.StateStores;

/// <summary>What a host can do when it is pushed to, as it advertises it.</summary>
/// <param name="Wanted">What we ask for of that, as it stands behind the first command.</param>
/// <param name="HasSideBands">The report comes beside the words of hooks, which are to be shown.</param>
internal sealed record PushCapabilities(string Wanted, bool HasSideBands)
{
    private const string SideBands = "side-band-64k";
    private const string Sha1 = "object-format=sha1";

    /// <param name="advertisement">The beginning of it; all refs but the first are of no matter.</param>
    /// <exception cref="InvalidDataException">It is none, or of a host that cannot be pushed to like this.</exception>
    public static PushCapabilities Read(ReadOnlyMemory<byte> advertisement)
    {
        var lines = new PktReader(advertisement);
        if (lines.NextText() != "# service=git-receive-pack" || lines.Next() is not null || lines.NextText()?.Split('\0') is not [_, var text])
            throw new InvalidDataException("The host does not advertise what it can do.");

        var offered = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!offered.Contains("report-status")) throw new InvalidDataException("The host does not report what became of a push.");
        if (offered.Any(one => one.StartsWith("object-format=", StringComparison.Ordinal) && one != Sha1))
            throw new InvalidDataException("The repository does not have SHA-1 object ids.");

        // Quiet: hooks are heard, a count of unpacked objects is not.
        string[] wanted = ["report-status", SideBands, "quiet", Sha1];
        return new PushCapabilities(string.Join(' ', wanted.Where(offered.Contains)), offered.Contains(SideBands));
    }
}
