using Npgsql;

namespace Promises.Server.Hosting;

/// <summary>
/// The time of the database, as far as it can be known from here: the clock of this machine and its offset to the database's. All that is stored or compared is
/// in this time, so replicas agree whatever their clocks say. Durations come from the machine's own counter, which no offset touches.
/// </summary>
internal sealed class DatabaseTime(TestingOptions testing) : TimeProvider
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private long _offset;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => System.LocalTimeZone;

    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    public override DateTimeOffset GetUtcNow() => Local() + Offset;

    public override long GetTimestamp() => System.GetTimestamp();

    /// <summary>Asks the database for its time.</summary>
    public async Task MeasureAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var asked = GetTimestamp();
        Learn(new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!), asked);
    }

    /// <param name="database">What the database's clock said in the answer to what was asked at <paramref name="asked"/>.</param>
    public void Learn(DateTimeOffset database, long asked)
    {
        // It said so at some moment between question and answer. While the offset in use fits to that, there is nothing to correct.
        var half = GetElapsedTime(asked) / 2;
        var measured = database + half - Local();
        if ((measured - Offset).Duration() > half + Tolerance) Interlocked.Exchange(ref _offset, measured.Ticks);
    }

    private DateTimeOffset Local() => System.GetUtcNow() + testing.ClockSkew;
}

internal static class TimeRegistration
{
    public static IServiceCollection AddTime(this IServiceCollection services) =>
        services.AddSingleton<DatabaseTime>().AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseTime>());
}
