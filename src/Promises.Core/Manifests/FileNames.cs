using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Promises.Manifests;

/// <summary>
/// Names of manifest files: <c>NN-kind-namespace-name-hash.yaml</c>, at most 120 bytes of <c>a-z 0-9 . _ -</c>. The number is the apply
/// order, for readers. It also keeps out names that agents treat specially (kustomization.yaml, cloudbuild.yaml); the hash keeps apart what
/// is the same once shortened and in lower case.
/// </summary>
public static class FileNames
{
    private const int Longest = 120;
    private const int LongestKind = 40;
    private const int LongestNamespace = 30;

    public static string For(ObjectIdentity identity)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.ToString())))[..8];
        var kind = Cut(Safe(identity.Kind).Replace('_', '-'), LongestKind);
        var space = identity.Namespace.Length == 0 ? "_cluster" : Cut(Safe(identity.Namespace), LongestNamespace);
        var head = string.Create(CultureInfo.InvariantCulture, $"{KnownKinds.ApplyOrder(identity.Group, identity.Kind):00}-{kind}-{space}-");
        var tail = $"-{hash}.yaml";
        return head + Cut(Safe(identity.Name), Longest - head.Length - tail.Length) + tail;
    }

    private static string Safe(string text)
    {
        var safe = string.Concat(text.Select(c => char.ToLowerInvariant(c) is var lower && (char.IsAsciiLetterLower(lower) || char.IsAsciiDigit(lower) || lower is '.' or '_' or '-') ? lower : '-'));
        return safe.Length == 0 ? "-" : safe.Replace("..", "--", StringComparison.Ordinal);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
