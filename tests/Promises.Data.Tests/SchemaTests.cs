using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Promises.Model;
using Promises.Testing;

namespace Promises.Data.Tests;

/// <summary>The mapping is written by hand, and so is the schema: this holds them together.</summary>
public sealed class SchemaTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    /// <summary>Only ever used in SQL, so no entity stands for them.</summary>
    private const string Unmapped =
        """
        ('schema_migrations'),
        ('replicas'), ('store_lease'), ('store_homes'),
        ('event_horizon'), ('idempotency_keys')
        """;

    private const string Columns =
        $"""
        SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
               || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || CASE WHEN l.collname = 'C' THEN ' C' ELSE '' END
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_collation l ON l.oid = a.attcollation
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
           AND c.relname NOT IN (VALUES {Unmapped})
        """;

    private const string Keys =
        $"""
        SELECT k.conrelid::regclass || ' ' || pg_get_constraintdef(k.oid)
          FROM pg_constraint k WHERE k.connamespace = 'public'::regnamespace AND k.contype IN ('p', 'f') AND k.conrelid::regclass::text NOT IN (VALUES {Unmapped})
        """;

    [Fact]
    public async Task Every_column_is_mapped_with_its_type_nullability_length_and_collation()
    {
        var mapped = Entities().SelectMany(entity => entity.GetProperties().Select(property => Describe(entity, property)));

        ShouldAgree(mapped, await ReadAsync(Columns));
    }

    [Fact]
    public async Task Every_primary_and_foreign_key_is_mapped()
    {
        var primary = Entities().Select(entity => $"{entity.GetTableName()} PRIMARY KEY ({Names(entity.FindPrimaryKey()!.Properties)})");
        var foreign = Entities().SelectMany(entity => entity.GetForeignKeys()).Select(key =>
            $"{key.DeclaringEntityType.GetTableName()} FOREIGN KEY ({Names(key.Properties)}) REFERENCES "
            + $"{key.PrincipalEntityType.GetTableName()}({Names(key.PrincipalKey.Properties)}) ON DELETE {key.DeleteBehavior.ToString().ToUpperInvariant()}");

        ShouldAgree(primary.Concat(foreign), await ReadAsync(Keys));
    }

    [Fact]
    public async Task Every_word_of_an_enum_is_allowed_and_no_other()
    {
        var words = Entities().SelectMany(entity => entity.GetProperties().Where(property => property.ClrType.IsEnum).Select(property =>
            $"{entity.GetTableName()}.{property.GetColumnName()}: {string.Join(' ', Enum.GetNames(property.ClrType)
                .Where(name => name != nameof(PlacementOutcome.NotPlaced)).Order(StringComparer.Ordinal))}"));

        var allowed = await ReadAsync(
            $"""
            SELECT k.conrelid::regclass || '.' || a.attname || ': ' || (
                       SELECT string_agg(m[1], ' ' ORDER BY m[1] COLLATE "C") FROM regexp_matches(pg_get_constraintdef(k.oid), '''(\w+)''', 'g') m)
              FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
             WHERE k.contype = 'c' AND pg_get_constraintdef(k.oid) LIKE '%ANY%' AND a.attname <> 'type' AND k.conrelid::regclass::text NOT IN (VALUES {Unmapped})
                OR k.contype = 'c' AND k.conrelid = 'fleet_events'::regclass AND a.attname = 'type'
            """);

        ShouldAgree(words, allowed);
    }

    private IEnumerable<IEntityType> Entities()
    {
        using var db = database.Context();
        // What migrations are made from knows collations, what queries run with does not.
        return db.GetService<IDesignTimeModel>().Model.GetEntityTypes().ToList();
    }

    private static void ShouldAgree(IEnumerable<string> mapped, List<string> found)
    {
        found.ShouldNotBeEmpty();
        mapped.Except(found).Order().ShouldBeEmpty("mapped so, but not in the schema");
        found.Except(mapped).Order().ShouldBeEmpty("in the schema, but not mapped so");
    }

    private static string Describe(IEntityType entity, IProperty property) =>
        $"{entity.GetTableName()}.{property.GetColumnName()} {property.GetColumnType()}{(property.IsNullable ? "" : " not null")}{(property.GetCollation() is null ? "" : " C")}";

    private static string Names(IEnumerable<IProperty> properties) => string.Join(", ", properties.Select(property => property.GetColumnName()));

    private async Task<List<string>> ReadAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add(reader.GetString(0));
        return rows;
    }
}
