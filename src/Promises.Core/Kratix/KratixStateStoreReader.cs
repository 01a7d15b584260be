using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Kratix;

internal static class KratixStateStoreReader
{
    private static readonly (string, bool)[] Methods = [("basicAuth", true), ("ssh", true), ("githubApp", false)];

    public static StateStoreDocument Read(FieldReader document, DocumentContext context)
    {
        var meta = MetaReader.Read(document, Kinds.StateStore, foreign: true);
        var spec = document.ObjectOrEmpty("spec");
        var git = new GitSpec(StateStoreReader.Url(spec, context), StateStoreReader.Branch(spec), Credential(spec), Author(spec), null, Path(spec));
        if (spec.Word("authMethod", Methods) == false)
            spec.Findings.Warn(spec.PointerTo("authMethod"), WarningCodes.NoEffect, "A GitHub App does not work yet; use a token over https, or ssh.");
        spec.Done(hideValues: true);
        return new(meta, new(git, Layout.Kratix), new("/spec/url", "/spec/secretRef/name"), document.Findings.Warnings);
    }

    private static string? Credential(FieldReader spec)
    {
        if (spec.Object("secretRef") is not { } reference) return null;
        var name = reference.String("name");
        KratixDocuments.NoEffect(reference, null, "namespace");
        reference.Done();
        return string.IsNullOrEmpty(name) ? null : name;
    }

    /// <summary>Kratix's own default has a name and no address; git wants both.</summary>
    private static GitIdentity Author(FieldReader spec)
    {
        if (spec.Object("gitAuthor") is not { } author) return new("kratix", StateStore.DefaultAuthor.Email);
        var identity = new GitIdentity(StateStoreReader.Part(author, "name", "kratix"), StateStoreReader.Part(author, "email", StateStore.DefaultAuthor.Email));
        author.Done();
        return new(identity.Name.Length == 0 ? "kratix" : identity.Name, identity.Email.Length == 0 ? StateStore.DefaultAuthor.Email : identity.Email);
    }

    private static string Path(FieldReader spec)
    {
        if (spec.String("path") is not { } text) return "";
        if (!RepositoryPath.TryParseLoose(text, out var path, out var remedy)) spec.Findings.Error(spec.PointerTo("path"), text, Rules.Path, remedy);
        return path;
    }
}
