using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Promises.Server.Hosting;

/// <summary>Sends spans and metrics by OTLP while the server runs, if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
internal sealed class TelemetryExport : IHostedService, IDisposable
{
    private readonly TracerProvider _spans = Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(Describe)
        .AddSource(Telemetry.Name, "Microsoft.AspNetCore", "Npgsql")
        .AddOtlpExporter()
        .Build();

    private readonly MeterProvider _metrics = Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(Describe)
        .AddMeter(Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime")
        .AddOtlpExporter()
        .Build();

    public static bool IsWanted(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _spans.Dispose();
        _metrics.Dispose();
    }

    private static void Describe(ResourceBuilder resource) =>
        resource.AddService("promises", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3));
}

internal static class TelemetryRegistration
{
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (TelemetryExport.IsWanted(builder.Configuration)) builder.Services.AddHostedService<TelemetryExport>();
        return builder;
    }
}
