namespace Promises.StateStores;

/// <summary>Where git works and how long it may take.</summary>
public sealed record GitOptions
{
    /// <summary>Holds <c>mirrors</c>, <c>stores</c> and the private files of git.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Allows http, loopback hosts and <c>file://</c>.</summary>
    public bool AllowLocal { get; init; }

    /// <summary>The file mode mask for pushes into <c>file://</c> repositories, whose other users want to read them; null for that of this process.</summary>
    public uint? ForeignUmask { get; init; }

    /// <summary>For a fetch or a push.</summary>
    public TimeSpan TransferLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For asking a remote where a branch is.</summary>
    public TimeSpan LookupLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For whatever needs no network.</summary>
    public TimeSpan LocalLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a server may be silent within a transfer, in whole seconds.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For serving one fetch of an embedded store.</summary>
    public TimeSpan ServeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For repositories over http and https.</summary>
    public ProxySettings Proxies { get; init; } = ProxySettings.None;

    internal string MirrorsDirectory => Path.Combine(DataDirectory, "mirrors");

    internal string StoresDirectory => Path.Combine(DataDirectory, "stores");

    internal string HomeDirectory => Path.Combine(DataDirectory, "git", "home");

    /// <summary>Files with secrets, each for one run.</summary>
    internal string PrivateDirectory => Path.Combine(DataDirectory, "git", "private");

    /// <summary>Says where the sockets of open connections lie.</summary>
    internal string ConnectionsNote => Path.Combine(DataDirectory, "git", "connections");

    /// <summary>Global configuration for repositories that another user may own.</summary>
    internal string TrustingConfig => Path.Combine(DataDirectory, "git", "trusting.config");
}
