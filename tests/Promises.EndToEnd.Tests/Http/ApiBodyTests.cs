using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Promises.Server.Http;

namespace Promises.EndToEnd.Tests.Http;

public sealed class ApiBodyTests
{
    [Theory]
    [InlineData("application/merge-patch+json")]
    [InlineData("application/json")]
    public async Task Patch_is_taken_as_merge_patch(string type)
    {
        var body = """{"metadata": {"labels": {"a": null}}}""";
        var read = await ApiBody.ReadOneAsync(Request("PATCH", type, body), "Cluster");

        read.Value.Content["metadata"]!["labels"]!.AsObject().ContainsKey("a").ShouldBeTrue();
        read.Value.Hash.ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData("PATCH", "application/yaml")]
    [InlineData("PATCH", "application/json-patch+json")]
    [InlineData("PUT", "application/merge-patch+json")]
    [InlineData("POST", "application/json; charset=utf-16")]
    [InlineData("POST", "nonsense")]
    [InlineData("POST", null)]
    public async Task Other_media_types_are_refused(string method, string? type) =>
        (await ApiBody.ReadAsync(Request(method, type, "{}"))).Failure.ShouldBeOfType<UnsupportedMediaType>();

    [Fact]
    public async Task Refused_patch_says_what_patches_are_taken()
    {
        var failure = (await ApiBody.ReadAsync(Request("PATCH", "text/plain", "{}"))).Failure!;
        Problems.From(failure).Headers["Accept-Patch"].ShouldBe("application/merge-patch+json, application/json");
    }

    [Fact]
    public async Task Compressed_body_is_refused()
    {
        var context = Request("POST", "application/json", "{}");
        context.Request.Headers.ContentEncoding = "gzip";
        (await ApiBody.ReadAsync(context)).Failure.ShouldBeOfType<UnsupportedMediaType>();
    }

    [Fact]
    public async Task Stream_comes_as_its_documents()
    {
        var read = await ApiBody.ReadAsync(Request("POST", "application/yaml", "a: 1\n---\n# nothing\n---\nb: 2\n"));
        read.Value.Documents.Count.ShouldBe(2);
    }

    private static DefaultHttpContext Request(string method, string? type, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.ContentType, context.Request.ContentLength) = (method, type, bytes.Length);
        context.Request.Body = new MemoryStream(bytes);
        return context;
    }
}
