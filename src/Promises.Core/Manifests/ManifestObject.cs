namespace Promises.Manifests;

/// <summary>What the scheduler and plans know of one object: never its content.</summary>
public sealed record ManifestObject(ObjectIdentity Identity, string FileName, string Digest);
