using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class StateStoreDocumentTests
{
    [Theory]
    [InlineData("""{"git": {}}""", "/spec/git/url", "required")]
    [InlineData("""{"git": "https://h/a"}""", "/spec/git", "wrong-type")]
    [InlineData("""{"git": {"url": "ext::sh -c id"}}""", "/spec/git/url", "url")]
    [InlineData("""{"git": {"url": "https://h/a", "branch": "--upload-pack=x"}}""", "/spec/git/branch", "branch")]
    [InlineData("""{"git": {"url": "https://h/a", "author": {"name": "A"}}}""", "/spec/git/author/email", "required")]
    [InlineData("""{"git": {"url": "https://h/a", "author": {"name": "", "email": "a@b"}}}""", "/spec/git/author/name", "required")]
    [InlineData("""{"git": {"url": "https://h/a", "committer": {"name": "A <b>", "email": "a@b"}}}""", "/spec/git/committer/name", "name")]
    [InlineData("""{"git": {"url": "https://h/a", "author": {"name": "A\nB", "email": "a@b"}}}""", "/spec/git/author/name", "control-character")]
    [InlineData("""{"git": {"url": "https://h/a", "path": "/fleet"}}""", "/spec/git/path", "path")]
    [InlineData("""{"git": {"url": "https://h/a", "credentialRef": "x"}}""", "/spec/git/credentialRef", "unknown-field")]
    [InlineData("""{"git": {"url": "https://h/a", "mode": "mail"}}""", "/spec/git/mode", "enum")]
    [InlineData("""{"git": {"url": "https://h/a", "mode": "proposal", "branch": "fleet/{cluster}"}}""", "/spec/git/branch", "branch")]
    [InlineData("""{"git": {"url": "https://h/a", "mode": "proposal", "branch": "promises"}}""", "/spec/git/branch", "branch")]
    [InlineData("""{"git": {"url": "https://h/a", "mode": "proposal", "branch": "promises/proposal"}}""", "/spec/git/branch", "branch")]
    [InlineData("""{"git": {"url": "https://h/a", "mode": "proposal", "branch": "promises/proposal/ops"}}""", "/spec/git/branch", "branch")]
    [InlineData("""{"mode": "proposal"}""", "/spec/mode", "unknown-field")]
    [InlineData("""{"git": {"url": "https://h/a", "writer": "libgit2"}}""", "/spec/git/writer", "enum")]
    [InlineData("""{"writer": "direct"}""", "/spec/writer", "unknown-field")]
    [InlineData("""{"layout": "flat"}""", "/spec/layout", "enum")]
    [InlineData("""{"url": "https://h/a"}""", "/spec/url", "unknown-field")]
    public void State_store_with_one_mistake_is_refused_for_it(string spec, string pointer, string rule) =>
        Reading.ShouldFail($$"""{"metadata": {"name": "a"}, "spec": {{spec}} }""", "StateStore", pointer, rule);

    [Fact]
    public void Url_over_2048_characters_is_too_long() =>
        Reading.ShouldFail($$"""{"metadata": {"name": "a"}, "spec": {"git": {"url": "https://h/{{new string('a', 2048)}}"} } }""", "StateStore", "/spec/git/url", "too-long");

    [Theory]
    [InlineData("""{"url": "https://u:hunter2@h/a"}""")]
    [InlineData("""{"url": "https://h/a?token=hunter2"}""")]
    [InlineData("""{"url": "https://h/a", "password": "hunter2"}""")]
    public void Secret_that_strayed_into_a_store_is_not_shown(string git) =>
        Reading.Errors($$"""{"metadata": {"name": "a"}, "spec": {"git": {{git}}, "password": "hunter2", "layout": "hunter"}, "url": "https://u:hunter2@h/a"}""", "StateStore")
            .ShouldAllBe(e => !(e.Value + e.Remedy).Contains("hunter2", StringComparison.Ordinal));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"git": null}""")]
    public void Store_without_git_is_embedded(string spec) =>
        Reading.Read<StateStoreDocument>($$"""{"metadata": {"name": "a"}, "spec": {{spec}} }""", "StateStore").Spec.ShouldBe(new(null, Layout.Placements));

    [Fact]
    public void Defaults_are_filled_in() =>
        Reading.Read<StateStoreDocument>("""{"metadata": {"name": "a"}, "spec": {"git": {"url": "https://h/a"}}}""", "StateStore").Spec
            .ShouldBe(new(new("https://h/a", "main", null, new("Promises", "promises@localhost"), null, ""), Layout.Placements));

    [Fact]
    public void Spec_that_is_written_reads_back_the_same()
    {
        var sent = Reading.Read<StateStoreDocument>("""
            {"metadata": {"name": "a"}, "spec": {"git": {"url": "https://h/a", "branch": "live", "credentialsRef": "c", "signingKeyRef": "k", "author": {"name": "A", "email": "a@b"},
             "committer": {"name": "C", "email": "c@d"}, "path": "fleet/x", "mode": "proposal", "writer": "direct"}, "layout": "kratix"}}
            """, "StateStore");
        var store = StateStore.Create(sent.Meta, sent.Spec, default);
        Reading.Read<StateStoreDocument>($$"""{"metadata": {"name": "a"}, "spec": {{FleetDocuments.StateStoreSpecJson(store).ToJsonString()}} }""", "StateStore")
            .Spec.ShouldBe(sent.Spec);
    }
}
