using System.Text;
using Promises.Model.Keys;

namespace Promises.StateStores;

/// <summary>
/// Signs commits with a key of ssh. Git's import builds them quickly but cannot sign, so each is written once more with its signature in it. Four processes,
/// however many commits there are.
/// </summary>
internal sealed class CommitSigner(GitProcess git)
{
    private const string Intention = "Cannot sign the commit";

    /// <summary>Of one run of ssh-keygen: what it is to sign stands in its arguments.</summary>
    private const int MostFiles = 500;

    private const int ReadLimit = 256 * 1024 * 1024;

    /// <param name="commits">Each with the ref that keeps it, which is moved on.</param>
    /// <returns>The signed commits, in the same order.</returns>
    public async Task<IReadOnlyList<GitObject>> SignAsync(
        Repository repository, IReadOnlyList<(string Commit, string Reference)> commits, GitKey key, CancellationToken cancellationToken)
    {
        using var files = new PrivateFiles(git.Options.PrivateDirectory);
        var payloads = Payloads(await GitAsync(["cat-file", "--batch"], commits.Select(one => RefNames.RequireCommit(one.Commit))));
        var paths = payloads.Select((payload, i) => files.Write($"{i}", payload)).ToList();

        var keyFile = files.Write("key", key.PrivateKey);
        // Of a key in the old format ssh-keygen does not find the public half by itself.
        if (SshPrivateKey.TryRead(key.PrivateKey, out var read, out _)) files.Write("key.pub", read.PublicKey + "\n");
        foreach (var chunk in paths.Chunk(MostFiles))
        {
            var signing = new GitCommand(Intention, ["-Y", "sign", "-q", "-n", "git", "-f", keyFile, .. chunk]) { Program = "ssh-keygen" };
            Require(await git.RunAsync(signing, cancellationToken));
        }

        var signed = payloads.Select((payload, i) => GitObject.Of(GitObjectType.Commit, Signed(payload, File.ReadAllText(paths[i] + ".sig")))).ToList();
        var written = signed.Select((one, i) => files.Write($"{i}.commit", one.Content.Span)).ToList();
        await GitAsync(["hash-object", "-t", "commit", "-w", "--no-filters", "--stdin-paths"], written);
        await GitAsync(["update-ref", "--stdin"], signed.Zip(commits, (one, plain) => $"update {plain.Reference} {one.Id}"));
        return signed;

        async Task<GitResult> GitAsync(IReadOnlyList<string> arguments, IEnumerable<string> lines) => Require(await git.RunAsync(new GitCommand(Intention, arguments)
        {
            Repository = repository.Directory,
            OutputLimit = ReadLimit,
            Input = async (stream, token) => await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), token),
        }, cancellationToken));
    }

    /// <summary>For each object a line with id, type and size, then its bytes and a line end.</summary>
    private static List<byte[]> Payloads(GitResult result)
    {
        var payloads = new List<byte[]>();
        for (var rest = result.Output.AsSpan(); rest.Length > 0;)
        {
            var line = rest.IndexOf((byte)'\n');
            var words = Encoding.ASCII.GetString(rest[..line]).Split(' ');
            if (words is not [_, "commit", var size]) throw new StateStoreException(StoreFault.SigningFailed, $"{Intention}: it is not there.");
            var end = line + 1 + int.Parse(size, System.Globalization.CultureInfo.InvariantCulture);
            payloads.Add(rest[(line + 1)..end].ToArray());
            rest = rest[(end + 1)..];
        }

        return payloads;
    }

    /// <summary>The signature is the last header; its further lines begin with a space.</summary>
    private static byte[] Signed(byte[] payload, string signature)
    {
        var headers = payload.AsSpan().IndexOf("\n\n"u8) + 1;
        return [.. payload[..headers], .. Encoding.ASCII.GetBytes($"gpgsig {signature.TrimEnd().Replace("\n", "\n ", StringComparison.Ordinal)}\n"), .. payload[headers..]];
    }

    private static GitResult Require(GitResult result) => result.Succeeded ? result : throw RemoteFaults.Of(result) switch
    {
        StoreFault.DiskFull or StoreFault.MirrorDamaged => RemoteFaults.Describe(result),
        _ when result.Error.Contains("failed to execute ssh-keygen", StringComparison.Ordinal) =>
            new StateStoreException(StoreFault.SigningFailed, $"{Intention}: the program ssh-keygen is not installed where the server runs."),
        _ => new StateStoreException(StoreFault.SigningFailed, result.Message),
    };
}
