using Promises.Model.Keys;

namespace Promises.Model.Documents;

internal static class CredentialReader
{
    private const int Username = 256;
    private const int Secret = 16 * 1024;
    private const int Several = 64 * 1024;

    private static readonly string[] OfToken = ["username", "token", "caCertificate"];
    private static readonly string[] OfSsh = ["privateKey", "knownHosts"];

    private delegate bool TryRead(string text, out string? read, out string? remedy);

    public static CredentialDocument Read(FieldReader document)
    {
        var meta = MetaReader.Read(document, Kinds.Credential);
        var spec = document.ObjectOrEmpty("spec", secret: true);
        var type = spec.String("type") ?? CredentialSpec.Token;
        CredentialSpec read;
        switch (type)
        {
            case CredentialSpec.Token:
                read = Token(spec);
                Refuse(spec, OfSsh, CredentialSpec.Ssh);
                break;
            case CredentialSpec.Ssh:
                read = Ssh(spec);
                Refuse(spec, OfToken, CredentialSpec.Token);
                break;
            default:
                spec.Findings.Error(spec.PointerTo("type"), null, Rules.Enum, "Use token or ssh.");
                spec.Ignore([.. OfToken, .. OfSsh]);
                read = new TokenCredential("x", "");
                break;
        }

        spec.Done();
        return new(meta, read, document.Findings.Warnings);
    }

    private static TokenCredential Token(FieldReader spec) => new(
        spec.String("username", atMost: Username) is { Length: > 0 } name ? name : "x",
        spec.String("token", required: true, atMost: Secret, secret: true) ?? "",
        Text(spec, "caCertificate", false, Several, CertificateAuthority.TryRead));

    private static SshCredential Ssh(FieldReader spec)
    {
        var key = "";
        var text = Text(spec, "privateKey", true, Secret, (string text, out string? read, out string? remedy) =>
        {
            var isKey = SshPrivateKey.TryRead(text, out var found, out remedy);
            (read, key) = (found?.Text, found?.PublicKey ?? "");
            return isKey;
        });
        return new(text ?? "", key, Text(spec, "knownHosts", false, Several, KnownHosts.TryRead));
    }

    /// <summary>Text of several lines with a form of its own; what is there is never repeated.</summary>
    private static string? Text(FieldReader spec, string field, bool required, int atMost, TryRead read)
    {
        if (spec.String(field, required, severalLines: true, atMost, secret: true) is not { } text) return null;
        // An empty text beside what is not required means the same as none.
        if (text.Length == 0) return null;
        if (read(text, out var found, out var remedy)) return found;
        spec.Findings.Error(spec.PointerTo(field), null, Rules.WrongType, remedy!);
        return null;
    }

    private static void Refuse(FieldReader spec, IEnumerable<string> fields, string type)
    {
        foreach (var field in fields.Where(spec.Has))
            spec.Findings.Error(spec.PointerTo(field), null, Rules.UnknownField, $"It belongs to type {type}; leave it out, or set it to null in a patch.");
    }
}
