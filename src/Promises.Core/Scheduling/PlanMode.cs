namespace Promises.Scheduling;

public enum PlanMode
{
    /// <summary>Somebody asked for it: removals are planned as decided, and whoever applies the plan checks that they were confirmed.</summary>
    Deliberate,

    /// <summary>Nobody asked: what would be removed is kept, and waits for confirmation.</summary>
    Resync,
}
