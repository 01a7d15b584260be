namespace Promises.Server.Reconciling;

/// <summary>
/// Spares a Git host that does not answer, and the slots of this server. When visits to several stores in a row find a host unreachable, its other stores wait with
/// them, and one of them tries again after a while. An answer about one repository (no access, not found, declined) is an answer: the host is there.
/// </summary>
internal sealed class HostCircuits(TimeProvider time, Random random)
{
    /// <summary>Different stores that found it unreachable, one after the other.</summary>
    private const int Enough = 3;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Circuit> _circuits = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();

    /// <summary>False if the store has to wait; it is named by a later <see cref="Next"/> or <see cref="Answered"/>.</summary>
    public bool TryEnter(string host, string store)
    {
        lock (_gate)
        {
            if (!_circuits.TryGetValue(host, out var circuit) || circuit.Wait is not { } wait) return true;
            if (circuit.Probe is null && time.GetElapsedTime(circuit.OpenedAt) >= wait)
            {
                circuit.Probe = store;
                circuit.Waiting.Remove(store);
                return true;
            }

            circuit.Waiting.Add(store);
            return false;
        }
    }

    /// <summary>The host answered whatever it was.</summary>
    /// <returns>Stores that waited for it.</returns>
    public IReadOnlyCollection<string> Answered(string host)
    {
        lock (_gate) return _circuits.Remove(host, out var circuit) ? circuit.Waiting : [];
    }

    /// <returns>When one of the waiting stores is to try again; null if none has to wait yet.</returns>
    public TimeSpan? Unreachable(string host, string store)
    {
        if (host.Length == 0) return null;
        lock (_gate)
        {
            if (!_circuits.TryGetValue(host, out var circuit)) _circuits.Add(host, circuit = new Circuit());
            circuit.Failed.Add(store);
            var isProbe = circuit.Probe == store;
            // Visits that had begun before it was opened say nothing new.
            if (circuit.Failed.Count < Enough || (circuit.Wait is not null && !isProbe)) return null;

            circuit.Probe = null;
            circuit.OpenedAt = time.GetTimestamp();
            circuit.Period = circuit.Wait is null ? Shortest : circuit.Period * 2 < Longest ? circuit.Period * 2 : Longest;
            return circuit.Wait = circuit.Period * (0.75 + (random.NextDouble() / 2));
        }
    }

    /// <summary>A visit ended without saying anything about the host.</summary>
    /// <returns>Whether another store is to try in its place.</returns>
    public bool Left(string host, string store)
    {
        lock (_gate)
        {
            if (!_circuits.TryGetValue(host, out var circuit) || circuit.Probe != store) return false;
            circuit.Probe = null;
            return true;
        }
    }

    /// <summary>A store that waits, to be the one that tries; null if none does.</summary>
    public string? Next(string host)
    {
        lock (_gate) return _circuits.TryGetValue(host, out var circuit) && circuit.Probe is null ? circuit.Waiting.FirstOrDefault() : null;
    }

    private sealed class Circuit
    {
        public HashSet<string> Failed { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Waiting { get; } = new(StringComparer.Ordinal);

        public string? Probe { get; set; }

        public long OpenedAt { get; set; }

        public TimeSpan Period { get; set; }

        /// <summary>Null while it is closed.</summary>
        public TimeSpan? Wait { get; set; }
    }
}
