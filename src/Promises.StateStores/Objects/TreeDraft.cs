namespace Promises.StateStores;

/// <summary>
/// A directory while it is changed, by the rules of git's import: what would change nothing leaves the tree as it is, a directory that becomes empty
/// goes, and a directory takes the place of a file as a file does that of a directory.
/// </summary>
/// <param name="id">Of the tree as it is stored; null for a new directory.</param>
internal sealed class TreeDraft(string? id)
{
    private Dictionary<string, TreeItem>? _items = id is null ? new(StringComparer.Ordinal) : null;

    /// <summary>Null once it was changed, until it is finished.</summary>
    public string? Id { get; private set; } = id;

    private Dictionary<string, TreeItem> Items => _items ?? throw new InvalidOperationException("A tree is changed before it is read.");

    public void Load(ReadOnlyMemory<byte> content)
    {
        _items = new(StringComparer.Ordinal);
        foreach (var item in TreeFormat.Read(content))
        {
            if (!_items.TryAdd(item.Name, item)) throw new InvalidDataException("A tree has a name twice.");
        }
    }

    /// <summary>The directory of this name; null where there is none.</summary>
    public TreeDraft? Below(string name)
    {
        if (!Items.TryGetValue(name, out var item) || !item.IsDirectory) return null;
        return item.Draft ??= new TreeDraft(Convert.ToHexStringLower(item.Id.Span));
    }

    /// <returns>Whether that changed anything.</returns>
    public bool Put(ReadOnlySpan<string> path, ReadOnlyMemory<byte> blob)
    {
        var name = path[0];
        if (path.Length == 1)
        {
            if (Items.TryGetValue(name, out var there) && there.Mode == TreeItem.File && there.Id.Span.SequenceEqual(blob.Span)) return false;
            Items[name] = new TreeItem(name, TreeItem.File, blob);
        }
        else
        {
            var below = Below(name);
            if (below is null) Items[name] = new TreeItem(name, TreeItem.Directory, default) { Draft = below = new TreeDraft(null) };
            if (!below.Put(path[1..], blob)) return false;
        }

        Id = null;
        return true;
    }

    /// <returns>Whether that changed anything.</returns>
    public bool Remove(ReadOnlySpan<string> path)
    {
        var name = path[0];
        if (path.Length == 1)
        {
            if (!Items.Remove(name)) return false;
        }
        else
        {
            if (Below(name) is not { } below || !below.Remove(path[1..])) return false;
            if (below.Items.Count == 0) Items.Remove(name);
        }

        Id = null;
        return true;
    }

    /// <summary>Makes objects of what was changed.</summary>
    /// <returns>The id of the tree.</returns>
    public string Finish(Action<GitObject> made)
    {
        if (Id is not null) return Id;
        foreach (var item in Items.Values)
        {
            if (item.Draft is { Id: null } changed) item.Id = Convert.FromHexString(changed.Finish(made));
        }

        var tree = GitObject.Of(GitObjectType.Tree, TreeFormat.Write(InOrder()));
        made(tree);
        return Id = tree.Id;
    }

    private List<TreeItem> InOrder()
    {
        List<TreeItem> items = [.. Items.Values];
        // They mostly are in order as they were read, and to see that is quicker than to sort.
        for (var i = 1; i < items.Count; i++)
        {
            if (TreeItem.Compare(items[i - 1], items[i]) < 0) continue;
            items.Sort(TreeItem.Compare);
            break;
        }

        return items;
    }
}
