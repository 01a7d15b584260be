namespace Promises.Model;

/// <summary>Sizes that the API and the database agree on.</summary>
public static class Limits
{
    /// <summary>RFC 1123 label.</summary>
    public const int Name = 63;

    /// <summary>Label key: 253 of prefix, a slash, 63 of name.</summary>
    public const int LabelKey = 317;

    /// <summary>Repository path of a cluster, in characters.</summary>
    public const int Path = 512;

    public const int Url = 2048;

    public const int Branch = 244;

    /// <summary>Semantic version, in characters.</summary>
    public const int Version = 128;

    /// <summary><c>sha256:</c> and 64 hex digits.</summary>
    public const int Digest = 71;

    /// <summary>A git object id, SHA-1 or SHA-256.</summary>
    public const int Commit = 64;

    /// <summary>Names of enum members and of reasons.</summary>
    public const int Word = 32;

    /// <summary>Size of a request and of one document, in bytes.</summary>
    public const int RequestBytes = 4 * 1024 * 1024;
}
