namespace Promises.Manifests;

/// <summary>Budgets of one request. They bound memory and time before anybody looks at what a document means.</summary>
public static class DocumentLimits
{
    /// <summary>Documents in a stream.</summary>
    public const int Documents = 500;

    /// <summary>Objects and lists within each other.</summary>
    public const int Depth = 64;

    /// <summary>Values in one document, once aliases are expanded; also what all aliases of a stream may add.</summary>
    public const int Nodes = 100_000;

    /// <summary>Characters in one document's keys and scalars, once aliases are expanded; also what all aliases of a stream may add.</summary>
    public const int Characters = Model.Limits.RequestBytes;

    /// <summary>One scalar, in bytes of UTF-8.</summary>
    public const int ScalarBytes = 512 * 1024;

    /// <summary>One key, in bytes of UTF-8.</summary>
    public const int KeyBytes = 1024;

    /// <summary>One number, in characters.</summary>
    public const int NumberLength = 256;

    /// <summary>Mistakes that are collected before reading stops.</summary>
    public const int Errors = 100;
}
