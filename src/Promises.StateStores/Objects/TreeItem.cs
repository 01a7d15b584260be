using System.Text;

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
    private const int Regular = 0x8000;
    private const int SymbolicLink = 0xa000;
    private const int OwnerExecutes = 0x40;

    public string Name => name;

    public int Mode => mode;

    public ReadOnlyMemory<byte> Id { get; set; } = id;

    /// <summary>Of a directory that is looked into or changed.</summary>
    public TreeDraft? Draft { get; set; }

    public bool IsDirectory => (mode & Kind) == Directory;

    /// <summary>The name as text.</summary>
    public string Text => Ascii.IsValid(name) ? name : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(name));

    /// <summary>Of what is no directory. Git shows a few modes only, whatever a tree has.</summary>
    /// <param name="above">The directory it lies in, with a slash at its end; empty for the root.</param>
    public TreeEntry Entry(string above)
    {
        var hex = Convert.ToHexStringLower(Id.Span);
        return new TreeEntry(above + Text, (mode & Kind) switch
        {
            Regular => (mode & OwnerExecutes) == 0 ? hex : $"100755 {hex}",
            SymbolicLink => $"120000 {hex}",
            _ => $"160000 {hex}",
        });
    }

    /// <summary>The order of git: as if the names of directories ended in a slash.</summary>
    public static int Compare(TreeItem one, TreeItem other)
    {
        var common = Math.Min(one.Name.Length, other.Name.Length);
        var order = string.CompareOrdinal(one.Name, 0, other.Name, 0, common);
        return order != 0 ? order : one.After(common) - other.After(common);
    }

    private int After(int length) => name.Length > length ? name[length] : IsDirectory ? '/' : 0;
}
