namespace Promises.Model;

/// <summary>How a state store is written.</summary>
public enum GitWriter
{
    /// <summary>Through the git program.</summary>
    Git,

    /// <summary>Objects built and, over http, pushed by ourselves; git where that fails.</summary>
    Direct,
}
