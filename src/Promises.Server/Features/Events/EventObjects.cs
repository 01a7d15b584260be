using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Server.Http;

namespace Promises.Server.Features.Events;

/// <summary>
/// Objects as they are now, in JSON, for all streams of this process: what was read for one serves the others as long as no later row names the object.
/// </summary>
internal sealed class EventObjects(IDbContextFactory<PromisesDb> databases, EventKinds kinds) : IDisposable
{
    /// <summary>Past so many bytes everything is forgotten and read again.</summary>
    private const long Capacity = 16 << 20;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<(string Kind, string Name), Entry> _read = [];
    private long _size;

    private sealed record Entry(byte[]? Json, EventPosition ReadAt);

    /// <param name="wanted">Each with the place of the last row that names it.</param>
    /// <param name="seen">A place up to which everything is committed.</param>
    /// <returns>For each its JSON; null for one that is gone.</returns>
    public async Task<IReadOnlyList<byte[]?>> ReadAsync(
        IReadOnlyList<(string Kind, string Name, EventPosition Last)> wanted, EventPosition seen, CancellationToken cancellationToken)
    {
        // One stream at a time: those that wait mostly find what they want when it is their turn.
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var missing = wanted.Where(one => !_read.TryGetValue((one.Kind, one.Name), out var known) || known.ReadAt < one.Last).ToList();
            if (missing.Count > 0) await LoadAsync(missing, seen, cancellationToken);
            var found = wanted.Select(one => _read[(one.Kind, one.Name)].Json).ToList();
            if (_size > Capacity)
            {
                _read.Clear();
                _size = 0;
            }

            return found;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task LoadAsync(IEnumerable<(string Kind, string Name, EventPosition Last)> missing, EventPosition seen, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var group in missing.GroupBy(one => one.Kind, one => one.Name, StringComparer.Ordinal))
        {
            var names = group.Distinct(StringComparer.Ordinal).ToArray();
            var found = await kinds.ReadAsync(database, group.Key, names, cancellationToken);
            var there = found.ToDictionary(Name, one => Encoding.UTF8.GetBytes(one.ToJsonString(ApiJson.Options)), StringComparer.Ordinal);
            foreach (var name in names) Keep((group.Key, name), new Entry(there.GetValueOrDefault(name), seen));
        }
    }

    private void Keep((string, string) key, Entry entry)
    {
        if (_read.Remove(key, out var old)) _size -= Weight(old);
        _read[key] = entry;
        _size += Weight(entry);
    }

    private static int Weight(Entry entry) => 200 + (entry.Json?.Length ?? 0);

    private static string Name(JsonObject found) => found["metadata"]!["name"]!.GetValue<string>();
}
