namespace Promises.Model;

public enum Audience { Internal, External }

public sealed record EnvironmentSpec(int Position, Audience Audience);

/// <summary>A rung of the ladder. Internal rungs lie below external ones.</summary>
public sealed class Environment : FleetObject
{
    private Environment() { }

    public int Position { get; private set; }

    public Audience Audience { get; private set; }

    public static Environment Create(ObjectMeta meta, EnvironmentSpec spec, Stamp stamp)
    {
        var environment = new Environment { Position = spec.Position, Audience = spec.Audience };
        environment.Begin(meta, stamp);
        return environment;
    }

    public bool Change(ObjectMeta meta, EnvironmentSpec spec, Stamp stamp)
    {
        var changed = Position != spec.Position || Audience != spec.Audience;
        (Position, Audience) = (spec.Position, spec.Audience);
        return Update(meta, changed, stamp);
    }
}

/// <summary>The revision of a Promise that is current in an environment.</summary>
public sealed class Pin
{
    private Pin() { }

    public Pin(string environment, string promise, int revision) => (Environment, Promise, Revision) = (environment, promise, revision);

    public string Environment { get; private set; } = "";

    public string Promise { get; private set; } = "";

    public int Revision { get; private set; }

    public void Move(int revision) => Revision = revision;
}
