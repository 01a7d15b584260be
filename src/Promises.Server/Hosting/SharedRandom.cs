namespace Promises.Server.Hosting;

/// <summary>The one source of chance of this process, for jitter. A plain <see cref="Random"/> does not bear several threads.</summary>
internal sealed class SharedRandom : Random
{
    private readonly Lock _lock = new();

    public override int Next()
    {
        lock (_lock) return base.Next();
    }

    public override int Next(int maxValue)
    {
        lock (_lock) return base.Next(maxValue);
    }

    public override int Next(int minValue, int maxValue)
    {
        lock (_lock) return base.Next(minValue, maxValue);
    }

    public override double NextDouble()
    {
        lock (_lock) return base.NextDouble();
    }
}
