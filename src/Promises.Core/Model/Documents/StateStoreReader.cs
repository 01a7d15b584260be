namespace Promises.Model.Documents;

internal static class StateStoreReader
{
    private const int Identity = 256;

    private static readonly (string, Layout)[] LayoutWords = [("placements", Layout.Placements), ("kratix", Layout.Kratix)];

    private static readonly (string, DeliveryMode)[] ModeWords = [("push", DeliveryMode.Push), ("proposal", DeliveryMode.Proposal)];

    private static readonly (string, GitWriter)[] WriterWords = [("git", GitWriter.Git), ("direct", GitWriter.Direct)];

    public static StateStoreDocument Read(FieldReader document, DocumentContext context)
    {
        var meta = MetaReader.Read(document, Kinds.StateStore);
        var spec = document.ObjectOrEmpty("spec");
        var layout = spec.Word("layout", LayoutWords) ?? Layout.Placements;
        var read = spec.Object("git") is { } git ? new StateStoreSpec(Git(git, context), layout) : new StateStoreSpec(null, layout) { Embedded = Embedded(spec) };
        // Mistaken fields may well be passwords.
        spec.Done(hideValues: true);
        return new(meta, read, StateStoreSources.Ours, document.Findings.Warnings);
    }

    private static EmbeddedSpec Embedded(FieldReader spec)
    {
        if (spec.Object("embedded") is not { } embedded) return new();
        var read = embedded.Word("writer", WriterWords) is { } writer ? new EmbeddedSpec(writer) : new();
        embedded.Done();
        return read;
    }

    private static GitSpec Git(FieldReader git, DocumentContext context)
    {
        var author = IdentityOf(git, "author") ?? StateStore.DefaultAuthor;
        var read = new GitSpec(
            Url(git, context), Branch(git), Name(git, "credentialsRef"), author, IdentityOf(git, "committer"), Path(git), Name(git, "signingKeyRef"),
            git.Word("mode", ModeWords) ?? DeliveryMode.Push, git.Word("writer", WriterWords) ?? GitWriter.Git);
        if (read.Mode == DeliveryMode.Proposal) RequireOneTarget(git, read.Branch);
        git.Done(hideValues: true);
        return read;
    }

    public static string Url(FieldReader git, DocumentContext context)
    {
        var url = git.String("url", required: true, atMost: Limits.Url, secret: true);
        if (url is null) return "";
        if (!GitUrl.IsAllowed(url, context.AllowLocal, out var remedy)) git.Findings.Error(git.PointerTo("url"), GitUrl.Redacted(url), Rules.Url, remedy);
        return url;
    }

    public static string Branch(FieldReader git)
    {
        var branch = git.String("branch") ?? "main";
        if (!BranchName.IsAllowed(branch, out var remedy)) git.Findings.Error(git.PointerTo("branch"), branch, Rules.Branch, remedy);
        return branch;
    }

    /// <summary>A pull request has one target, and its branch cannot be where the target's name already is.</summary>
    private static void RequireOneTarget(FieldReader git, string branch)
    {
        if (branch.Contains("{cluster}", StringComparison.Ordinal))
            git.Findings.Error(git.PointerTo("branch"), branch, Rules.Branch, "With mode proposal name one branch for all clusters, or use mode push.");
        else if ($"{Proposal.Prefix}/".StartsWith($"{branch}/", StringComparison.Ordinal) || branch.StartsWith($"{Proposal.Prefix}/", StringComparison.Ordinal))
            git.Findings.Error(git.PointerTo("branch"), branch, Rules.Branch, $"Proposals are pushed to {Proposal.Prefix}/<environment>; name another branch.");
    }

    private static string? Name(FieldReader git, string field) => git.String(field) is { Length: > 0 } name ? name : null;

    private static string Path(FieldReader git)
    {
        if (git.String("path") is not { } text) return "";
        if (!RepositoryPath.TryParse(text, out var path, out var remedy)) git.Findings.Error(git.PointerTo("path"), text, Rules.Path, remedy);
        return path;
    }

    private static GitIdentity? IdentityOf(FieldReader git, string field)
    {
        if (git.Object(field) is not { } reader) return null;
        var identity = new GitIdentity(Part(reader, "name"), Part(reader, "email"));
        reader.Done();
        return identity;
    }

    /// <summary>A part of <c>name &lt;email&gt;</c>, as commits have it: git drops angle brackets, and takes what is only punctuation for empty.</summary>
    public static string Part(FieldReader reader, string field, string? byDefault = null)
    {
        var text = reader.String(field, required: byDefault is null, atMost: Identity) ?? byDefault ?? "";
        if (text.AsSpan().IndexOfAny('<', '>') >= 0 || (text.Length > 0 && text.Trim(' ', '.', ',', ':', ';', '"', '\'', '\\').Length == 0))
            reader.Findings.Error(reader.PointerTo(field), text, Rules.Name, $"Use letters in the {field}, and neither < nor >.");
        return text;
    }
}
