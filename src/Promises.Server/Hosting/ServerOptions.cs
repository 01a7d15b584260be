using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Promises.Server.Hosting;

/// <summary>Which work a process does: the API, writing to the state stores, or both.</summary>
internal enum ServerRole { All, Api, Worker }

/// <summary>
/// The settings of a server: <c>appsettings.json</c>, the environment with prefix <c>PROMISES_</c> (<c>PROMISES_Http__Port</c>), the command line (<c>--Http:Port</c>);
/// the later wins.
/// </summary>
internal sealed class ServerOptions
{
    public HttpOptions Http { get; init; } = new();

    public DataOptions Data { get; init; } = new();

    public GitOptions Git { get; init; } = new();

    public ServerRole Role { get; init; } = ServerRole.All;

    public DemoOptions Demo { get; init; } = new();

    public TestingOptions Testing { get; init; } = new();

    public EventOptions Events { get; init; } = new();
}

internal sealed class HttpOptions
{
    /// <summary>An IP address, <c>localhost</c>, or <c>*</c> for all interfaces.</summary>
    [Required]
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>0 lets the system choose.</summary>
    [Range(0, IPEndPoint.MaxPort)]
    public int Port { get; init; } = 8080;
}

internal sealed class DataOptions
{
    /// <summary>Holds the private PostgreSQL, embedded stores, mirrors, keys and the first admin token.</summary>
    [Required]
    public string Directory { get; init; } = "./data";

    /// <summary>Keys that encrypt credentials; null for <c>keys</c> in the data directory. Replicas share one.</summary>
    public string? KeyRing { get; init; }
}

internal sealed class GitOptions
{
    /// <summary>Allows state stores over http, on loopback hosts and in <c>file://</c>: for one machine, never for a shared server.</summary>
    public bool AllowLocal { get; init; }
}

internal sealed class DemoOptions
{
    /// <summary>Loads a small fleet into a server that has no clusters.</summary>
    public bool Load { get; init; }

    /// <summary>The shipped Promises: a directory each, with a <c>promise.yaml</c>.</summary>
    public string Promises { get; init; } = "promises";

    /// <summary>Holds <c>fleet.yaml</c> and <c>next.yaml</c>.</summary>
    public string Fleet { get; init; } = "deploy/demo";
}

/// <summary>Faults that tests ask for, and times that they do not want to wait for. Not for a server that people use.</summary>
internal sealed class TestingOptions
{
    /// <summary>Where the process kills itself: <c>push:before</c>, <c>push:after</c>, <c>push:after#2</c> for the second time; see <see cref="Failpoints"/>.</summary>
    public string? FailAt { get; init; }

    /// <summary>Where the process stops itself (SIGSTOP), to be continued by who wants it.</summary>
    public string? StopAt { get; init; }

    /// <summary>How far the clock of this machine is ahead.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>How long a store belongs to a replica that does not renew its lease.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);
}

internal sealed class EventOptions
{
    /// <summary>Streams of one token in this process.</summary>
    [Range(1, 1000)]
    public int StreamsPerToken { get; init; } = 8;

    /// <summary>How long a client may leave what was sent to it unread before it is cut.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SlowClient { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client may be away and resume where it was.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);
}
