namespace Promises.Model;

/// <summary>What builds the commits of a store and pushes them.</summary>
public enum GitWriter
{
    /// <summary>Through the git program.</summary>
    Git,

    /// <summary>Objects built and, over http, pushed by ourselves, or in an embedded store the branch moved; git where that fails.</summary>
    Direct,
}
