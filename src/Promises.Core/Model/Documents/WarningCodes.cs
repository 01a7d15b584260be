namespace Promises.Model.Documents;

/// <summary>The codes of warnings about documents.</summary>
public static class WarningCodes
{
    /// <summary>Accepted, and nothing looks at it (yet).</summary>
    public const string NoEffect = "no-effect";

    /// <summary>The whole document was passed over.</summary>
    public const string Skipped = "skipped";

    /// <summary>An object without a namespace is delivered to <c>default</c>.</summary>
    public const string NamespaceFilled = "namespace-filled";

    /// <summary>A Secret with plain data is buried in the content of another object.</summary>
    public const string NestedSecret = "nested-secret";

    /// <summary>A required Promise does not exist here; the requirement is kept and not enforced.</summary>
    public const string UnknownPromise = "unknown-promise";

    /// <summary>A version was left out, for it is not semantic or names other content already.</summary>
    public const string VersionDropped = "version-dropped";
}
