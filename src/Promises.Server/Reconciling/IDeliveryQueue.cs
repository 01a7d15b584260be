namespace Promises.Server.Reconciling;

/// <summary>Says that a state store has something to write. Only a hint: what is lost, the resync finds.</summary>
internal interface IDeliveryQueue
{
    void Nudge(string store);
}
