namespace Promises.StateStores;

/// <summary>An admitted remote: where it is, and what it is reached with. For one run of git.</summary>
internal class RemoteAccess(RemoteUrl url)
{
    public string Url => url.Text;

    public string Scheme => url.Scheme;

    public bool IsFile => url.IsFile;

    /// <summary>What must not be seen in any text.</summary>
    public virtual IEnumerable<string> Secrets => [];

    /// <summary>What git is to be told. In the environment and in files: arguments can be read by every user of the machine.</summary>
    public virtual RemoteSettings Prepare(PrivateFiles files) => new([], []);

    /// <summary>What may follow from how the run went.</summary>
    public virtual void Ended(GitResult result)
    {
    }
}

/// <param name="Configuration">Keys and values of git's configuration.</param>
/// <param name="Variables">Variables of the environment.</param>
internal sealed record RemoteSettings(IReadOnlyList<(string Key, string Value)> Configuration, IReadOnlyList<(string Name, string Value)> Variables);
