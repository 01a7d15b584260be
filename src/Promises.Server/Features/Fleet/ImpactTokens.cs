using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Promises.Server.Features.Fleet;

internal enum ImpactTokenVerdict { Confirmed, OtherRemovals, NotValid }

/// <summary>
/// Tokens that say "I saw exactly these removals of exactly this request". Nothing is stored: a token is its expiry, the digest of the removals,
/// and a MAC over both and the request, under a key that all replicas share.
/// </summary>
internal sealed class ImpactTokens(byte[] key, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int DigestLength = SHA256.HashSizeInBytes;
    private const int Length = sizeof(long) + (2 * DigestLength);

    public (string Token, DateTimeOffset ExpiresAt) Issue(WriteRequest request, string removals)
    {
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        var token = new byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(token, expiresAt.ToUnixTimeSeconds());
        SHA256.HashData(Encoding.UTF8.GetBytes(removals), token.AsSpan(sizeof(long)));
        Sign(request, token.AsSpan(0, Length - DigestLength)).CopyTo(token, Length - DigestLength);
        return (Base64Url.EncodeToString(token), expiresAt);
    }

    public ImpactTokenVerdict Check(string text, WriteRequest request, string removals)
    {
        var token = new byte[Length];
        if (!Base64Url.TryDecodeFromChars(text, token, out var written) || written != Length) return ImpactTokenVerdict.NotValid;

        var signed = token.AsSpan(0, Length - DigestLength);
        var known = CryptographicOperations.FixedTimeEquals(Sign(request, signed), token.AsSpan(Length - DigestLength));
        if (!known || BinaryPrimitives.ReadInt64BigEndian(token) <= clock.GetUtcNow().ToUnixTimeSeconds()) return ImpactTokenVerdict.NotValid;

        return SHA256.HashData(Encoding.UTF8.GetBytes(removals)).AsSpan().SequenceEqual(signed[sizeof(long)..])
            ? ImpactTokenVerdict.Confirmed
            : ImpactTokenVerdict.OtherRemovals;
    }

    private byte[] Sign(WriteRequest request, ReadOnlySpan<byte> signed)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(signed);
        // A line feed cannot stand in a method or a path, so the parts cannot run into each other.
        mac.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}\n"));
        mac.AppendData(request.BodyHash);
        return mac.GetHashAndReset();
    }
}
