namespace Promises.Manifests;

/// <summary>One file to be written.</summary>
public sealed record RenderedFile(string Path, byte[] Content);
