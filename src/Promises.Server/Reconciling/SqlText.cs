using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Promises.Server.Reconciling;

/// <summary>Statements of a batch, and their parameters in order.</summary>
internal static class SqlText
{
    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string statement)
    {
        var command = new NpgsqlBatchCommand(statement);
        batch.BatchCommands.Add(command);
        return command;
    }

    public static NpgsqlBatchCommand Text(this NpgsqlBatchCommand command, string? value) => command.With(value, NpgsqlDbType.Text);

    public static NpgsqlBatchCommand Number(this NpgsqlBatchCommand command, long value) => command.With(value, NpgsqlDbType.Bigint);

    public static NpgsqlBatchCommand Time(this NpgsqlBatchCommand command, DateTimeOffset value) => command.With(value, NpgsqlDbType.TimestampTz);

    public static NpgsqlBatchCommand Texts(this NpgsqlBatchCommand command, IEnumerable<string?> values) =>
        command.With(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static NpgsqlBatchCommand Jsons(this NpgsqlBatchCommand command, IEnumerable<string?> values) =>
        command.With(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Jsonb);

    public static NpgsqlBatchCommand Numbers(this NpgsqlBatchCommand command, IEnumerable<long> values) =>
        command.With(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static NpgsqlBatchCommand Integers(this NpgsqlBatchCommand command, IEnumerable<int?> values) =>
        command.With(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public static NpgsqlBatchCommand Doubles(this NpgsqlBatchCommand command, IEnumerable<double> values) =>
        command.With(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Double);

    public static NpgsqlBatchCommand Flag(this NpgsqlBatchCommand command, bool value) => command.With(value, NpgsqlDbType.Boolean);

    public static NpgsqlBatchCommand Flags(this NpgsqlBatchCommand command, IEnumerable<bool> values) =>
        command.With(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Boolean);

    public static NpgsqlBatchCommand Uids(this NpgsqlBatchCommand command, IEnumerable<Guid?> values) =>
        command.With(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    public static string Json(IReadOnlyDictionary<string, string> files) => JsonSerializer.Serialize(files, JsonSerializerOptions.Default);

    private static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, object? value, NpgsqlDbType type)
    {
        command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        return command;
    }
}
