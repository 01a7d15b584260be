using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Promises.Testing;

/// <summary>How the server misbehaves.</summary>
public enum GitFault
{
    None,

    /// <summary>Does a push and cuts the connection before the answer.</summary>
    DropAnswer,

    /// <summary>Cuts the connection with half of a push read.</summary>
    CutRequest,

    /// <summary>Does a push and says nothing any more.</summary>
    Silent,

    ServerError,
    Forbidden,
    Redirect,
}

/// <summary>A real smart-HTTP server: <c>git http-backend</c> behind Kestrel on a free port.</summary>
public sealed class GitHttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _root;
    private readonly string _scheme;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _seen = new();
    private bool _disposed;

    /// <param name="certificate">For https; null for plain http.</param>
    public GitHttpServer(string root, string? token = null, X509Certificate2? certificate = null)
    {
        (_root, Token, _scheme) = (root, token, certificate is null ? "http" : "https");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
        _app.StartAsync().GetAwaiter().GetResult();
        Port = new Uri(_app.Urls.Single()).Port;
    }

    public int Port { get; }

    /// <summary>The password that is asked for; none if null.</summary>
    public string? Token { get; set; }

    public GitFault Fault { get; set; }

    /// <summary>How long each request waits before anything is done about it.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Answers by the first version of git's protocol, whatever is asked for.</summary>
    public bool SpeaksFirstVersion { get; set; }

    /// <summary>Runs between the arrival of a push and its execution.</summary>
    public Action? BeforePush { get; set; }

    /// <summary>Runs when a push was executed and before it is answered. Another fault that it sets begins with the next request.</summary>
    public Action? AfterPush { get; set; }

    /// <summary>Answers a push in place of git.</summary>
    public Action<HttpResponse>? InPlaceOfPush { get; set; }

    /// <summary>Replaces the answer to a push that was executed.</summary>
    public Func<byte[], byte[]>? Answer { get; set; }

    public int Requests { get; private set; }

    /// <summary>Method, path with query, and agent of each request.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    public string Url(string repository, string host = "127.0.0.1") => $"{_scheme}://{host}:{Port}/{repository}.git";

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        Requests++;
        _seen.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers.UserAgent}");
        var fault = Fault;
        try
        {
            if (Latency > TimeSpan.Zero) await Task.Delay(Latency, _stop.Token);
            var isPush = context.Request.Method == "POST" && context.Request.Path.Value!.EndsWith("/git-receive-pack", StringComparison.Ordinal);
            if (fault == GitFault.ServerError) context.Response.StatusCode = 503;
            else if (fault == GitFault.Forbidden) context.Response.StatusCode = 403;
            else if (fault == GitFault.Redirect)
                context.Response.Redirect($"{_scheme}://127.0.0.1:{Port}/elsewhere.git/info/refs?service=git-upload-pack");
            else if (Token is not null && !Authorized(context.Request))
            {
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
                context.Response.StatusCode = 401;
            }
            else if (isPush && fault == GitFault.CutRequest)
            {
                await context.Request.Body.ReadExactlyAsync(new byte[40], _stop.Token);
                context.Abort();
            }
            else if (isPush && InPlaceOfPush is { } answer)
            {
                await context.Request.Body.CopyToAsync(Stream.Null, _stop.Token);
                answer(context.Response);
            }
            else
            {
                if (isPush) BeforePush?.Invoke();
                await ForwardAsync(context, isPush, fault);
                if (isPush && fault == GitFault.Silent) await Task.Delay(Timeout.Infinite, _stop.Token);
                if (isPush && fault == GitFault.DropAnswer) context.Abort();
            }
        }
        catch (Exception)
        {
            // The client went away, or the test is over.
            context.Abort();
        }
    }

    private bool Authorized(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal)) return false;
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..]));
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..] == Token;
    }

    private async Task ForwardAsync(HttpContext context, bool isPush, GitFault fault)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, _stop.Token);

        var start = new ProcessStartInfo("git") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("http-backend");
        var environment = start.Environment;
        environment["GIT_PROJECT_ROOT"] = _root;
        environment["GIT_HTTP_EXPORT_ALL"] = "1";
        environment["GIT_CONFIG_COUNT"] = "1";
        environment["GIT_CONFIG_KEY_0"] = "safe.directory";
        environment["GIT_CONFIG_VALUE_0"] = "*";
        environment["REMOTE_USER"] = "x";
        environment["REQUEST_METHOD"] = request.Method;
        environment["PATH_INFO"] = request.Path.Value;
        environment["QUERY_STRING"] = request.QueryString.Value!.TrimStart('?');
        environment["CONTENT_TYPE"] = request.ContentType ?? "";
        environment["CONTENT_LENGTH"] = body.Length.ToString(CultureInfo.InvariantCulture);
        environment["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding.ToString();
        environment["GIT_PROTOCOL"] = SpeaksFirstVersion ? "" : request.Headers["Git-Protocol"].ToString();

        using var backend = Process.Start(start)!;
        var reading = ReadAsync(backend.StandardOutput.BaseStream);
        _ = backend.StandardError.ReadToEndAsync(_stop.Token);
        await backend.StandardInput.BaseStream.WriteAsync(body.ToArray(), _stop.Token);
        backend.StandardInput.Close();
        var output = await reading;
        await backend.WaitForExitAsync(_stop.Token);
        if (isPush) AfterPush?.Invoke();
        if (isPush && fault is GitFault.DropAnswer or GitFault.Silent) return;

        var end = output.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(output.AsSpan(0, end)).Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name == "Status") context.Response.StatusCode = int.Parse(value[..3], CultureInfo.InvariantCulture);
            else context.Response.Headers[name] = value;
        }

        var content = output[(end + 4)..];
        await context.Response.Body.WriteAsync(isPush && Answer is not null ? Answer(content) : content, _stop.Token);
    }

    private async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, _stop.Token);
        return all.ToArray();
    }
}
