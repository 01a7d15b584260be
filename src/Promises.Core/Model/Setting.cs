namespace Promises.Model;

/// <summary>A secret or mark that all replicas share, such as the key that signs impact tokens.</summary>
public sealed class Setting
{
    private Setting() { }

    public Setting(string name, byte[] value) => (Name, Value) = (name, value);

    public string Name { get; private set; } = "";

    public byte[] Value { get; private set; } = [];
}
