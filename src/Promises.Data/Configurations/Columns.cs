using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Promises.Model;

namespace Promises.Data.Configurations;

/// <summary>The kinds of columns that tables are made of.</summary>
internal static class Columns
{
    /// <summary>Text of bounded length that is compared and sorted by ordinal.</summary>
    public static PropertyBuilder<T> IsOrdinal<T>(this PropertyBuilder<T> property, int maxLength) =>
        property.HasMaxLength(maxLength).UseCollation("C");

    public static PropertyBuilder<T> IsName<T>(this PropertyBuilder<T> property) => property.IsOrdinal(Limits.Name);

    public static PropertyBuilder<T> IsDigest<T>(this PropertyBuilder<T> property) => property.IsOrdinal(Limits.Digest);

    public static PropertyBuilder<T> IsCommit<T>(this PropertyBuilder<T> property) => property.IsOrdinal(Limits.Commit);

    /// <summary>The name of an enum member, or another word of ours.</summary>
    public static PropertyBuilder<T> IsWord<T>(this PropertyBuilder<T> property)
    {
        if (typeof(T).IsEnum) property.HasConversion<string>();
        return property.IsOrdinal(Limits.Word);
    }

    public static PropertyBuilder<IReadOnlyDictionary<string, string>> IsJson(this PropertyBuilder<IReadOnlyDictionary<string, string>> property) =>
        property.HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
            text => Dictionary(text),
            new ValueComparer<IReadOnlyDictionary<string, string>>(
                (a, b) => Same(a, b),
                value => value.Aggregate(0, (hash, pair) => hash ^ HashCode.Combine(pair.Key, pair.Value)),
                // Never changed in place, so the instance is its own snapshot.
                value => value));

    public static PropertyBuilder<IReadOnlyList<T>> IsJson<T>(this PropertyBuilder<IReadOnlyList<T>> property) =>
        property.HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<List<T>>(text, JsonSerializerOptions.Web)!,
            new ValueComparer<IReadOnlyList<T>>(
                (a, b) => a == b || (a != null && b != null && a.SequenceEqual(b)),
                value => value.Aggregate(0, (hash, item) => HashCode.Combine(hash, item)),
                value => value));

    // jsonb keeps keys in an order of its own; ours is ordinal.
    private static IReadOnlyDictionary<string, string> Dictionary(string text) =>
        new SortedDictionary<string, string>(JsonSerializer.Deserialize<Dictionary<string, string>>(text)!, StringComparer.Ordinal);

    private static bool Same(IReadOnlyDictionary<string, string>? a, IReadOnlyDictionary<string, string>? b) =>
        ReferenceEquals(a, b)
        || (a is not null && b is not null && a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value));
}
