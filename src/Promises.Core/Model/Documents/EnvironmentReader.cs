namespace Promises.Model.Documents;

internal static class EnvironmentReader
{
    private const int Highest = 1_000_000;

    private static readonly (string, Audience)[] Audiences = [("internal", Audience.Internal), ("external", Audience.External)];

    public static EnvironmentDocument Read(FieldReader document)
    {
        var meta = MetaReader.Read(document, Kinds.Environment);
        var spec = document.ObjectOrEmpty("spec");
        var read = new EnvironmentSpec(spec.Integer("position", 1, Highest, required: true) ?? 0, spec.Word("audience", Audiences, required: true) ?? Audience.Internal);
        spec.NotYet("gates", "Gates do not work yet; leave them out.");
        spec.Done();
        return new(meta, read, document.Findings.Warnings);
    }
}
