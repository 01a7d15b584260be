using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Data;

namespace Promises.Server.Features.Placements;

/// <summary>How many placements are in which state: <c>{total, Pending, Written, …}</c>.</summary>
internal static class PlacementCounts
{
    public static JsonObject None() => View([]);

    /// <summary>By one column of the placements.</summary>
    /// <param name="column">Such as <c>cluster</c>.</param>
    /// <param name="keys">Null for all.</param>
    public static async Task<IReadOnlyDictionary<string, JsonObject>> ReadAsync(
        PromisesDb database, string column, IReadOnlyList<string>? keys, CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var batch = new NpgsqlBatch((NpgsqlConnection)database.Database.GetDbConnection()) { BatchCommands = { Command(column, keys) } };
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            return await ReadAsync(reader, cancellationToken);
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }

    /// <summary>The same as part of a trip to the database that has other questions too.</summary>
    public static NpgsqlBatchCommand Command(string column, IReadOnlyList<string>? keys)
    {
        // Of one key PostgreSQL keeps the plan of the query; for a set it makes one each time.
        var which = keys switch { null => "", [_] => $"WHERE p.{column} = $1", _ => $"WHERE p.{column} = ANY($1)" };
        var command = new NpgsqlBatchCommand($"SELECT p.{column}, {PlacementStates.Sql}, count(*)::int FROM placements p {which} GROUP BY 1, 2");
        if (keys is not null) command.Parameters.Add(new() { Value = keys is [var only] ? only : keys.ToArray() });
        return command;
    }

    /// <summary>The answer to <see cref="Command"/>.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonObject>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var rows = new List<(string Key, string State, int Count)>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add((reader.GetString(0), reader.GetString(1), reader.GetInt32(2)));
        return rows.GroupBy(row => row.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => View(group.Select(row => (row.State, row.Count))), StringComparer.Ordinal);
    }

    private static JsonObject View(IEnumerable<(string State, int Count)> counts)
    {
        var byState = counts.ToDictionary(StringComparer.Ordinal);
        var view = new JsonObject { ["total"] = byState.Values.Sum() };
        foreach (var state in PlacementStates.All) view[state] = byState.GetValueOrDefault(state);
        return view;
    }
}
