using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Promises.Benchmarks.Harness;

namespace Promises.Benchmarks.Floors;

/// <summary>Floor (b): a pack that was made before the clock starts, sent straight to receive-pack: what a repository takes, whoever writes to it.</summary>
/// <param name="url">For http, one request; else the pack is piped into the program.</param>
internal sealed class PackFloor(string repository, string? url)
{
    private static readonly HttpClient s_http = new();

    private readonly string _mirror = Git.Copy(repository, repository + ".mirror");
    private readonly RefFile _branch = new(repository);

    /// <returns>Milliseconds until the branch has moved.</returns>
    public double Deliver(GitChanges changes)
    {
        var from = _branch.Read();
        var request = Request(changes, from);
        var start = Stopwatch.GetTimestamp();
        var moved = _branch.WhenMovedAsync(from);
        var answer = url is not null && url.StartsWith("http", StringComparison.Ordinal) ? Post(request) : Git.Run(["receive-pack", repository], request);
        if (!Encoding.ASCII.GetString(answer).Contains("ok refs/heads/main", StringComparison.Ordinal)) throw new InvalidOperationException("The pack was not taken.");
        return Stopwatch.GetElapsedTime(start, moved.GetAwaiter().GetResult()).TotalMilliseconds;
    }

    private byte[] Request(GitChanges changes, string from)
    {
        var commit = ImportStream.Import(_mirror, ImportStream.Of(changes, from)).Single();
        var pack = Git.Run(["-C", _mirror, "-c", "pack.compression=1", "pack-objects", "--revs", "--stdout", "-q"], Encoding.ASCII.GetBytes($"{commit}\n^{from}\n"));
        var command = $"{from} {commit} refs/heads/main\0 report-status object-format=sha1 agent=bench";
        return [.. Encoding.ASCII.GetBytes($"{command.Length + 4:x4}{command}0000"), .. pack];
    }

    private byte[] Post(byte[] request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{url}/git-receive-pack") { Content = new ByteArrayContent(request) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-receive-pack-request");
        using var response = s_http.Send(message);
        using var answer = new MemoryStream();
        response.EnsureSuccessStatusCode().Content.ReadAsStream().CopyTo(answer);
        return answer.ToArray();
    }
}
