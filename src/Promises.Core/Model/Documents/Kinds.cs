namespace Promises.Model.Documents;

/// <summary>The kinds that clients write, and where they come from.</summary>
public static class Kinds
{
    public const string Group = "promises.dev";
    public const string ApiVersion = "promises.dev/v1alpha1";
    public const string Cluster = "Cluster";
    public const string Environment = "Environment";
    public const string StateStore = "StateStore";
    public const string Credential = "Credential";
    public const string Promise = "Promise";
    public const string Token = "Token";
    public const string Promotion = "Promotion";

    /// <summary>What a stream may hold: all but what is made by an act of its own.</summary>
    public static IReadOnlyList<string> OfStreams { get; } = [Cluster, Credential, Environment, Promise, StateStore];
}
