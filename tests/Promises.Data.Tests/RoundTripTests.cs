using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Promises.Model;
using Promises.Testing;

namespace Promises.Data.Tests;

public sealed class RoundTripTests(TestDatabase database, TestPostgres postgres) : IClassFixture<TestDatabase>
{
    private static readonly Stamp Stamp = new(7, new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddMicroseconds(8), Guid.Parse("0190a7f2-0000-7000-8000-000000000001"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_entity_comes_back_as_it_was_saved(bool nulls)
    {
        await using var fresh = PromisesData.DataSource(await postgres.MigratedAsync());
        var (saved, keys) = (new Dictionary<string, string>(), new Dictionary<string, object?[]>());
        await using (var db = TestDatabaseExtensions.Context(fresh))
        {
            foreach (var type in db.Model.GetEntityTypes().Where(type => type.ClrType != typeof(FleetRow)))
            {
                var entry = db.Entry(Activator.CreateInstance(type.ClrType, nonPublic: true)!);
                // What has no member is the database's to give.
                foreach (var property in type.GetProperties().Where(property => !property.IsShadowProperty()))
                {
                    entry.Property(property).CurrentValue = nulls && property.IsNullable ? null : Sample(property);
                }

                entry.State = EntityState.Added;
            }

            await db.SaveChangesAsync(Cancel);
            // Described after it was saved: the database computes a column or two.
            foreach (var entry in db.ChangeTracker.Entries())
            {
                saved[entry.Metadata.ClrType.Name] = Describe(entry.Entity);
                keys[entry.Metadata.ClrType.Name] = [.. entry.Metadata.FindPrimaryKey()!.Properties.Select(property => entry.Property(property).CurrentValue)];
            }
        }

        await using (var db = TestDatabaseExtensions.Context(fresh))
        {
            foreach (var type in db.Model.GetEntityTypes().Where(type => type.ClrType != typeof(FleetRow)))
            {
                var found = await db.FindAsync(type.ClrType, keys[type.ClrType.Name], Cancel);
                Describe(found!).ShouldBe(saved[type.ClrType.Name]);
            }
        }
    }

    [Fact]
    public async Task Content_of_a_revision_survives_byte_for_byte()
    {
        const string content = """{"b":1.50,"a":1e2,"a ":"é\u0001\\","z":[ ]}""";
        await using (var db = database.Context())
        {
            db.Add(Promise.Create(Meta("bytes"), NewStamp()));
            db.Add(new Revision("bytes", 1, "sha256:1", null, content, "admin", Stamp));
            await db.SaveChangesAsync(Cancel);
        }

        await using var other = database.Context();
        (await other.Revisions.SingleAsync(revision => revision.Promise == "bytes", Cancel)).Content.ShouldBe(content);
    }

    [Fact]
    public async Task Labels_come_back_in_ordinal_order()
    {
        // jsonb itself would give "b" before "aa".
        await using (var db = database.Context())
        {
            db.Add(Promise.Create(Meta("ordered", ("b", "1"), ("aa", "2"), ("B", "3")), NewStamp()));
            await db.SaveChangesAsync(Cancel);
        }

        await using var other = database.Context();
        (await other.Promises.SingleAsync(promise => promise.Name == "ordered", Cancel)).Labels.Keys.ShouldBe(["B", "aa", "b"]);
    }

    [Fact]
    public async Task Equal_labels_in_another_instance_are_no_change()
    {
        await using var db = database.Context();
        var promise = Promise.Create(Meta("same", ("team", "A")), NewStamp());
        db.Add(promise);
        await db.SaveChangesAsync(Cancel);

        db.Entry(promise).Property(p => p.Labels).CurrentValue = Meta("same", ("team", "A")).Labels;
        db.ChangeTracker.HasChanges().ShouldBeFalse();

        db.Entry(promise).Property(p => p.Labels).CurrentValue = Meta("same", ("team", "B")).Labels;
        db.ChangeTracker.HasChanges().ShouldBeTrue();
    }

    [Fact]
    public async Task Time_with_an_offset_is_kept_as_the_same_moment()
    {
        var expires = new DateTimeOffset(2027, 1, 1, 12, 0, 0, TimeSpan.FromHours(2));
        await using (var db = database.Context())
        {
            db.Add(AccessToken.Create(Meta("offset"), Role.Viewer, [1], "p", expires, NewStamp()));
            await db.SaveChangesAsync(Cancel);
        }

        await using var other = database.Context();
        (await other.AccessTokens.SingleAsync(token => token.Name == "offset", Cancel)).ExpiresAt.ShouldBe(expires);
    }

    private static Stamp NewStamp() => Stamp with { NewUid = Guid.NewGuid() };

    private static ObjectMeta Meta(string name, params (string Key, string Value)[] labels) => new(
        name, new SortedDictionary<string, string>(labels.ToDictionary(label => label.Key, label => label.Value), StringComparer.Ordinal), new Dictionary<string, string>());

    // A key that refers to another entity gets what that entity has there.
    private static object Sample(IProperty property)
    {
        var reference = property.GetContainingForeignKeys().FirstOrDefault();
        if (reference is not null) return Sample(reference.PrincipalKey.Properties[reference.Properties.ToList().IndexOf(property)]);

        var text = $"{property.DeclaringType.ClrType.Name}.{property.Name} é";
        return Nullable.GetUnderlyingType(property.ClrType) is { } type ? Sample(type, text) : Sample(property.ClrType, property.Name == "Type" ? "ssh" : text);
    }

    private static object Sample(Type type, string text) =>
        type == typeof(string) ? text[..Math.Min(text.Length, 32)]
        : type == typeof(string[]) ? new[] { text, "", text }
        : type == typeof(byte[]) ? new byte[] { 0, 1, 255 }
        : type == typeof(int) ? 7
        : type == typeof(long) ? 7_000_000_000L
        : type == typeof(bool) ? true
        : type == typeof(Guid) ? Stamp.NewUid
        : type == typeof(DateTimeOffset) ? Stamp.At
        : type == typeof(IReadOnlyList<string>) ? new List<string> { "b", text }
        : type == typeof(IReadOnlyList<Taint>) ? new List<Taint> { new("dedicated", "ml"), new("b", "") }
        : type == typeof(IReadOnlyDictionary<string, string>) ? new SortedDictionary<string, string>(StringComparer.Ordinal) { ["promises.dev/x"] = text, ["a"] = "" }
        : type.IsEnum ? Enum.GetValues(type).GetValue(1)!
        : throw new NotSupportedException($"No sample for {type}.");

    private static string Describe(object entity) => JsonSerializer.Serialize(
        entity.GetType().GetProperties().Where(p => p.GetMethod is { IsStatic: false }).ToDictionary(p => p.Name, p => p.GetValue(entity)), JsonSerializerOptions.Web);
}
