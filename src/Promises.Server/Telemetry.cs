using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Promises.Server;

/// <summary>The one source of spans and the one meter of the service.</summary>
internal static class Telemetry
{
    public const string Name = "Promises";

    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);
}
