namespace Promises.StateStores;

/// <summary>What stands at one name of a directory.</summary>
/// <param name="name">Its bytes, one in each character: git compares bytes.</param>
/// <param name="mode">Any that git knows; those of others are kept as they are.</param>
/// <param name="id">The 20 bytes.</param>
internal sealed class TreeItem(string name, int mode, ReadOnlyMemory<byte> id)
{
    public const int File = 0x81a4;
    public const int Directory = 0x4000;

    private const int Kind = 0xf000;

    public string Name => name;

    public int Mode => mode;

    public ReadOnlyMemory<byte> Id { get; set; } = id;

    /// <summary>Of a directory that is looked into or changed.</summary>
    public TreeDraft? Draft { get; set; }

    public bool IsDirectory => (mode & Kind) == Directory;

    /// <summary>The order of git: as if the names of directories ended in a slash.</summary>
    public static int Compare(TreeItem one, TreeItem other)
    {
        var common = Math.Min(one.Name.Length, other.Name.Length);
        var order = string.CompareOrdinal(one.Name, 0, other.Name, 0, common);
        return order != 0 ? order : one.After(common) - other.After(common);
    }

    private int After(int length) => name.Length > length ? name[length] : IsDirectory ? '/' : 0;
}
