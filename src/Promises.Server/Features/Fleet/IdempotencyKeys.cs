using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;
using NpgsqlTypes;
using Promises.Model;
using Promises.Server.Http;

namespace Promises.Server.Features.Fleet;

/// <summary>
/// The answers that POSTs with an Idempotency-Key were given, kept in the transaction of their effect. While such a request runs, its key is held: in this
/// process by a mark, between processes by an advisory lock of the transaction. So a crash leaves nothing behind.
/// </summary>
internal sealed class IdempotencyKeys(IDataProtectionProvider keys, TimeProvider time)
{
    public const string Header = "Idempotency-Key";

    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private const int MaxLength = 255;

    private readonly ConcurrentDictionary<(string, string), byte> _running = [];

    /// <summary>Marks the key of a request as running here, until it is disposed of.</summary>
    public Outcome<Running?> Enter(WriteRequest request)
    {
        if (request.IdempotencyKey is not { } key) return (Running?)null;
        if (key.Length is 0 or > MaxLength || key.Any(character => character is < ' ' or > '~'))
            return new IdempotencyKeyInvalid(key, $"Send 1 to {MaxLength} printable ASCII characters, once.");

        var mark = (request.By, key);
        return _running.TryAdd(mark, 0) ? new Running(_running, mark) : new IdempotencyKeyRunning();
    }

    /// <summary>The answer that this request got before; null if it is to be carried out now. The key is held until the transaction ends.</summary>
    public async Task<Outcome<WriteResult?>> ClaimAsync(NpgsqlConnection connection, WriteRequest request, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("SELECT pg_try_advisory_xact_lock($1)") { Parameters = { new() { Value = LockOf(request) } } });
        batch.BatchCommands.Add(new(
            "SELECT fingerprint, effect, change, location, body, encrypted FROM idempotency_keys WHERE principal = $1 AND key = $2 AND kept_at > $3")
        {
            Parameters = { new() { Value = request.By }, new() { Value = request.IdempotencyKey! }, new() { Value = time.GetUtcNow() - Kept } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.GetBoolean(0)) return new IdempotencyKeyRunning();

        await reader.NextResultAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return (WriteResult?)null;
        if (!reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(Fingerprint(request)))
            return new IdempotencyKeyInvalid(request.IdempotencyKey!, "It was sent with another request before. Take a new key for a new request, or repeat that one as it was.");

        var body = reader.GetFieldValue<byte[]>(4);
        if (reader.GetBoolean(5)) body = Protector(request).Unprotect(body);
        return new WriteResult(
            JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = ApiJson.Options.MaxDepth })!.AsObject(),
            Enum.Parse<Effect>(reader.GetString(1)), reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetString(3));
    }

    /// <summary>Keeps an answer; it counts once the transaction is committed.</summary>
    /// <param name="isSecret">It holds what must not lie in the database as it is.</param>
    public async Task KeepAsync(NpgsqlConnection connection, WriteRequest request, WriteResult result, bool isSecret, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(result.Body.ToJsonString(ApiJson.Options));
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO idempotency_keys (principal, key, fingerprint, effect, change, location, body, encrypted, kept_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (principal, key) DO UPDATE SET fingerprint = excluded.fingerprint, effect = excluded.effect, change = excluded.change,
                location = excluded.location, body = excluded.body, encrypted = excluded.encrypted, kept_at = excluded.kept_at
            """, connection);
        foreach (var value in new object[] { request.By, request.IdempotencyKey!, Fingerprint(request), result.Effect.ToString() }) command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new() { Value = (object?)result.Change ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)result.Location ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = isSecret ? Protector(request).Protect(body) : body });
        command.Parameters.Add(new() { Value = isSecret });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A sealed answer opens for the same principal and key only.</summary>
    private IDataProtector Protector(WriteRequest request) => keys.CreateProtector("Promises.Answer", request.By, request.IdempotencyKey!);

    private static byte[] Fingerprint(WriteRequest request) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}\n"), .. request.BodyHash]);

    private static long LockOf(WriteRequest request) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{Header}\n{request.By}\n{request.IdempotencyKey}")));

    /// <summary>That a request with a key runs here.</summary>
    internal sealed class Running(ConcurrentDictionary<(string, string), byte> running, (string, string) mark) : IDisposable
    {
        public void Dispose() => running.TryRemove(mark, out _);
    }
}

/// <summary>The key is none, or was sent with another request.</summary>
internal sealed record IdempotencyKeyInvalid(string Key, string Remedy) : Failure, IProblem
{
    public ProblemResult ToProblem() => Problems.From(new Invalid(IdempotencyKeys.Header, [new FieldError("", Key, Rules.IdempotencyKey, Remedy)]));
}

/// <summary>The request with this key has not ended.</summary>
internal sealed record IdempotencyKeyRunning : Failure, IProblem
{
    public ProblemResult ToProblem()
    {
        var problem = Problems.Write(409, "in-progress", "A request with this key is still running.", "Send it again in a moment: it is answered as the first one was.");
        problem.Headers["Retry-After"] = "1";
        return problem;
    }
}
