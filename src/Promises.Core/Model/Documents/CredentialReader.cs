namespace Promises.Model.Documents;

internal static class CredentialReader
{
    private const int Username = 256;
    private const int Token = 16 * 1024;

    public static CredentialDocument Read(FieldReader document)
    {
        var meta = MetaReader.Read(document, Kinds.Credential);
        var spec = document.ObjectOrEmpty("spec", secret: true);
        var type = spec.String("type") ?? "token";
        var read = new CredentialSpec(
            spec.String("username", atMost: Username) is { Length: > 0 } name ? name : "x",
            spec.String("token", required: type == "token", atMost: Token, secret: true) ?? "");
        if (type == "ssh")
        {
            spec.Ignore("privateKey", "knownHosts");
            spec.Findings.Error(spec.PointerTo("type"), "ssh", Rules.NotSupportedYet, "Credentials of type ssh do not work yet; use type token with an https URL.");
        }
        else if (type != "token")
        {
            spec.Findings.Error(spec.PointerTo("type"), null, Rules.Enum, "Use token.");
        }

        spec.Done();
        return new(meta, read, document.Findings.Warnings);
    }
}
