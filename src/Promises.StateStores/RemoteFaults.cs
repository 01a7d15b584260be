namespace Promises.StateStores;

/// <summary>Tells from git's words what went wrong. They are English because the locale is fixed.</summary>
internal static class RemoteFaults
{
    public static StateStoreException Describe(GitResult result) => new(Of(result), result.Message);

    public static StoreFault Of(GitResult result)
    {
        var error = result.Error;
        return result.TimedOut ? StoreFault.Unreachable
            : Has(error, "Authentication failed", "could not read Username", "could not read Password", "returned error: 401", "returned error: 403",
                "Permission denied (", "marked as read only", "not allowed to push", "does not have write access") ? StoreFault.AuthenticationFailed
            : Has(error, "Host key verification failed") ? StoreFault.HostKeyRefused
            : Has(error, "certificate verification failed", "SSL certificate problem", "no alternative certificate subject name", "certificate does not match",
                "certificate subject name") ? StoreFault.CertificateRefused
            : IsSshMissing(error) ? StoreFault.Failed
            : Has(error, "No space left on device", "Out of diskspace", "Disk quota exceeded") ? StoreFault.DiskFull
            : IsDamage(error) ? StoreFault.MirrorDamaged
            : Has(error, "not found", "does not appear to be a git repository", "does not exist", "returned error: 404", "returned error: 410",
                "returned error: 30", "not valid: is this a git repository?", "Redirect") ? StoreFault.NotFound
            : Has(error, "Failed to connect", "Could not resolve host", "Connection refused", "Connection timed out", "Connection reset", "timed out",
                "Empty reply", "returned error: 5", "returned error: 429", "RPC failed", "unexpected disconnect", "Operation too slow", "early EOF",
                "the remote end hung up", "unable to access", "Could not read from remote repository", "SSL", "TLS") ? StoreFault.Unreachable
            : StoreFault.Failed;
    }

    /// <summary>The shell of git did not find the program.</summary>
    public static bool IsSshMissing(string error) => Has(error, "ssh: not found", "ssh: command not found", "cannot run ssh");

    /// <summary>
    /// The host does not have a commit that was asked for by its id, or does not give it to those who ask in that way. Hosts say that in words of their own: whatever is
    /// no trouble with the network, the credential, the disk or our copy counts, as asking again would come to the same for ever.
    /// </summary>
    public static bool IsNotGiven(GitResult result) => !result.Succeeded && !result.TimedOut && (Has(result.Error, "remote error:") || Of(result) == StoreFault.Failed);

    /// <summary>A loose object that a crash left empty, a pack that is gone, a ref that holds nothing.</summary>
    public static bool IsDamage(string error) => Has(error,
        "is corrupt", "is empty", "bad object", "missing blob", "missing tree", "missing commit", "broken link", "unable to read tree", "unable to read sha1",
        "failed to read object", "invalid object", "Not a valid commit", "missing object", "bad tree object", "inflate: data stream error",
        "bad signature", "has bad object", "not a git repository: '", "pack has", "packfile ", "fatal: bad ref", "broken ref", "unable to resolve reference",
        "Can't load tree", "Failed to traverse parents", "did not send all necessary objects");

    private static bool Has(string text, params ReadOnlySpan<string> marks)
    {
        foreach (var mark in marks)
        {
            if (text.Contains(mark, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
