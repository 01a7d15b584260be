using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;

namespace Promises.StateStores;

/// <summary>Reads commits and trees: from memory, and of one git that is started with the first that is not there and ends with this.</summary>
internal sealed class ObjectReader(Repository repository, GitProcess git, ObjectCache cache) : IAsyncDisposable
{
    private const string Intention = "Cannot read what the commit is built on";

    private readonly LooseObjects _loose = new(repository.Directory);
    private readonly Dictionary<string, bool> _packs = new(StringComparer.Ordinal);
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();
    private readonly Channel<GitObject?> _answers = Channel.CreateUnbounded<GitObject?>();
    private Task<GitResult>? _run;

    /// <summary>All at once: git is asked for the next without waiting for the answer.</summary>
    public async Task<IReadOnlyDictionary<string, GitObject>> ReadAsync(GitObjectType type, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, GitObject>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var id in ids.Distinct(StringComparer.Ordinal))
        {
            // What we know still has to be in the repository. Where no file says so git is asked, which notices damage.
            if (cache.Find(id) is { } known && (IsPacked(known) || _loose.Has(id))) found.Add(id, known);
            else missing.Add(id);
        }

        if (missing.Count > 0) _run ??= RunAsync(cancellationToken);
        foreach (var id in missing) _asked.Writer.TryWrite(id);
        foreach (var id in missing)
        {
            var one = await AnswerAsync(cancellationToken);
            if (one?.Id != id || one.Type != type) throw Damaged(id);
            cache.Add(one);
            found.Add(id, one);
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        _asked.Writer.TryComplete();
        // What went wrong there was said to whoever waited for an answer.
        if (_run is not null) await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool IsPacked(GitObject known)
    {
        // The cache is one for all repositories.
        if (known.Pack is not { } pack || !pack.StartsWith(repository.Directory + "/", StringComparison.Ordinal)) return false;
        if (!_packs.TryGetValue(pack, out var isThere)) _packs.Add(pack, isThere = new FileInfo(pack) is { Exists: true, Length: > 0 });
        return isThere;
    }

    private static StateStoreException Damaged(string id) => new(StoreFault.MirrorDamaged, $"{Intention}: the object {id} is missing or not what it should be.");

    private async Task<GitResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var command = new GitCommand(Intention, ["cat-file", "--batch"]) { Repository = repository.Directory, Input = AskAsync, Output = ListenAsync };
            return await git.RunAsync(command, cancellationToken);
        }
        finally
        {
            // It may not even have begun.
            _answers.Writer.TryComplete();
        }
    }

    private async Task<GitObject?> AnswerAsync(CancellationToken cancellationToken)
    {
        if (await _answers.Reader.WaitToReadAsync(cancellationToken) && _answers.Reader.TryRead(out var answer)) return answer;
        // Git has ended before it answered.
        (await _run!).OrThrow();
        throw new InvalidDataException("Git ended without an answer.");
    }

    private async Task AskAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (await _asked.Reader.WaitToReadAsync(cancellationToken))
        {
            var lines = new StringBuilder();
            while (_asked.Reader.TryRead(out var id)) lines.Append(id).Append('\n');
            await stream.WriteAsync(Encoding.ASCII.GetBytes(lines.ToString()), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    private async Task ListenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(stream);
        try
        {
            while (await LineAsync(pipe, cancellationToken) is { } line && await AnswerAsync(pipe, line.Split(' '), cancellationToken))
            {
            }
        }
        finally
        {
            _answers.Writer.TryComplete();
            // There is nobody to ask any more, and git only counts as ended when nobody does.
            _asked.Writer.TryComplete();
            await pipe.CompleteAsync();
        }
    }

    /// <param name="words">The id, then the type and the size, or that it is missing.</param>
    /// <returns>Whether there may be more: git ends in the middle of an object that turns out to be damaged.</returns>
    private async Task<bool> AnswerAsync(PipeReader pipe, string[] words, CancellationToken cancellationToken)
    {
        if (words is not [_, var type, var size]) return _answers.Writer.TryWrite(null);
        var length = int.Parse(size, CultureInfo.InvariantCulture);
        var read = await pipe.ReadAtLeastAsync(length + 1, cancellationToken);
        if (read.Buffer.Length <= length) return false;
        var content = read.Buffer.Slice(0, length).ToArray();
        pipe.AdvanceTo(read.Buffer.GetPosition(length + 1));
        return _answers.Writer.TryWrite(type switch
        {
            "commit" => GitObject.Of(GitObjectType.Commit, content),
            "tree" => GitObject.Of(GitObjectType.Tree, content),
            _ => null,
        });
    }

    private static async Task<string?> LineAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.ASCII.GetString(read.Buffer.Slice(0, end));
                pipe.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted) return null;
            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
