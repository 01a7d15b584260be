using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

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

/// <summary>A real smart-HTTP server: <c>git http-backend</c> behind a small listener on a free port.</summary>
public sealed class GitHttpServer : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly string _root;
    private readonly Task _loop;
    private readonly CancellationTokenSource _stop = new();

    public GitHttpServer(string root, string? token = null)
    {
        (_root, Token) = (root, token);
        (_listener, Port) = Listen();
        _loop = LoopAsync();
    }

    public int Port { get; }

    /// <summary>The password that is asked for; none if null.</summary>
    public string? Token { get; set; }

    public GitFault Fault { get; set; }

    /// <summary>How long each request waits before anything is done about it.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Runs between the arrival of a push and its execution.</summary>
    public Action? BeforePush { get; set; }

    /// <summary>Runs when a push was executed and before it is answered.</summary>
    public Action? AfterPush { get; set; }

    public int Requests { get; private set; }

    public string Url(string repository) => $"http://127.0.0.1:{Port}/{repository}.git";

    public async ValueTask DisposeAsync()
    {
        if (_loop.IsCompleted) return;
        await _stop.CancelAsync();
        _listener.Abort();
        await _loop;
        _stop.Dispose();
    }

    private static (HttpListener, int) Listen()
    {
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                return (listener, port);
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                // Somebody else was quicker.
            }
        }
    }

    private async Task LoopAsync()
    {
        var running = new List<Task>();
        try
        {
            while (!_stop.IsCancellationRequested) running.Add(HandleAsync(await _listener.GetContextAsync()));
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
        }

        await Task.WhenAll(running);
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        Requests++;
        try
        {
            if (Latency > TimeSpan.Zero) await Task.Delay(Latency, _stop.Token);
            var isPush = context.Request.HttpMethod == "POST" && context.Request.Url!.AbsolutePath.EndsWith("/git-receive-pack", StringComparison.Ordinal);
            if (Fault == GitFault.ServerError) Close(context, 503);
            else if (Fault == GitFault.Forbidden) Close(context, 403);
            else if (Fault == GitFault.Redirect)
            {
                context.Response.Headers["Location"] = $"http://127.0.0.1:{Port}/elsewhere.git/info/refs?service=git-upload-pack";
                Close(context, 302);
            }
            else if (Token is not null && !Authorized(context.Request))
            {
                context.Response.Headers["WWW-Authenticate"] = "Basic realm=\"git\"";
                Close(context, 401);
            }
            else if (isPush && Fault == GitFault.CutRequest)
            {
                await context.Request.InputStream.ReadExactlyAsync(new byte[40], _stop.Token);
                context.Response.Abort();
            }
            else
            {
                if (isPush) BeforePush?.Invoke();
                await ForwardAsync(context, isPush);
                if (isPush && Fault == GitFault.Silent) await Task.Delay(Timeout.Infinite, _stop.Token);
                if (isPush && Fault == GitFault.DropAnswer) context.Response.Abort();
            }
        }
        catch (Exception)
        {
            // The client went away, or the test is over.
            context.Response.Abort();
        }
    }

    private static void Close(HttpListenerContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Close();
    }

    private bool Authorized(HttpListenerRequest request)
    {
        var header = request.Headers["Authorization"] ?? "";
        if (!header.StartsWith("Basic ", StringComparison.Ordinal)) return false;
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..]));
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..] == Token;
    }

    private async Task ForwardAsync(HttpListenerContext context, bool isPush)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body, _stop.Token);

        var start = new ProcessStartInfo("git") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("http-backend");
        var environment = start.Environment;
        environment["GIT_PROJECT_ROOT"] = _root;
        environment["GIT_HTTP_EXPORT_ALL"] = "1";
        environment["GIT_CONFIG_COUNT"] = "1";
        environment["GIT_CONFIG_KEY_0"] = "safe.directory";
        environment["GIT_CONFIG_VALUE_0"] = "*";
        environment["REMOTE_USER"] = "x";
        environment["REQUEST_METHOD"] = request.HttpMethod;
        environment["PATH_INFO"] = Uri.UnescapeDataString(request.Url!.AbsolutePath);
        environment["QUERY_STRING"] = request.Url.Query.TrimStart('?');
        environment["CONTENT_TYPE"] = request.ContentType ?? "";
        environment["CONTENT_LENGTH"] = body.Length.ToString(CultureInfo.InvariantCulture);
        environment["HTTP_CONTENT_ENCODING"] = request.Headers["Content-Encoding"] ?? "";
        environment["GIT_PROTOCOL"] = request.Headers["Git-Protocol"] ?? "";

        using var backend = Process.Start(start)!;
        var reading = ReadAsync(backend.StandardOutput.BaseStream);
        _ = backend.StandardError.ReadToEndAsync(_stop.Token);
        await backend.StandardInput.BaseStream.WriteAsync(body.ToArray(), _stop.Token);
        backend.StandardInput.Close();
        var output = await reading;
        await backend.WaitForExitAsync(_stop.Token);
        if (isPush) AfterPush?.Invoke();
        if (isPush && Fault is GitFault.DropAnswer or GitFault.Silent) return;

        var end = output.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(output.AsSpan(0, end)).Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name == "Status") context.Response.StatusCode = int.Parse(value[..3], CultureInfo.InvariantCulture);
            else if (name == "Content-Type") context.Response.ContentType = value;
            else context.Response.Headers[name] = value;
        }

        await context.Response.OutputStream.WriteAsync(output.AsMemory(end + 4), _stop.Token);
        context.Response.Close();
    }

    private async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, _stop.Token);
        return all.ToArray();
    }
}
