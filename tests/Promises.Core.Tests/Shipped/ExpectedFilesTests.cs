using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Shipped;

/// <summary>
/// What each Promise that ships puts on a cluster, file by file, as <c>promises/*/expected</c> has it. With <c>PROMISES_UPDATE_EXPECTED=1</c> the files are
/// written instead of compared; look at the difference as a user would.
/// </summary>
public sealed class ExpectedFilesTests
{
    private static readonly ClusterSite Site = new("example", "ops", "default", "clusters/example", Agent.Flux, Layout.Placements, null, "main");

    private static readonly string Shipped = Path.Combine(FindRoot(), "promises");

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Shipped, "promise.yaml", SearchOption.AllDirectories).Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Promise_that_ships_renders_to_its_expected_files(string name)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var directory = Path.Combine(Shipped, name);
        var promise = Parse(await File.ReadAllBytesAsync(Path.Combine(directory, "promise.yaml"), cancellation));
        promise.Meta.Name.ShouldBe(name);
        promise.Warnings.ShouldBeEmpty();

        var expected = Path.Combine(directory, "expected");
        var files = Files(promise);
        if (System.Environment.GetEnvironmentVariable("PROMISES_UPDATE_EXPECTED") == "1") await WriteAsync(expected, files, cancellation);

        var there = Directory.Exists(expected) ? Directory.GetFiles(expected, "*", SearchOption.AllDirectories) : [];
        there.Select(file => Path.GetRelativePath(expected, file)).Order(StringComparer.Ordinal).ShouldBe(files.Select(file => file.Path).Order(StringComparer.Ordinal));
        foreach (var file in files)
            System.Text.Encoding.UTF8.GetString(file.Content).ShouldBe(await File.ReadAllTextAsync(Path.Combine(expected, file.Path), cancellation), file.Path);
    }

    private static PromiseDocument Parse(byte[] bytes)
    {
        var documents = DocumentReader.Read(bytes, DocumentFormat.Yaml);
        documents.Failure.ShouldBeNull();
        var parsed = FleetDocuments.Parse(documents.Value.ShouldHaveSingleItem().Content, null, DocumentContext.Strict);
        parsed.Failure.ShouldBeNull();
        return parsed.Value.ShouldBeOfType<PromiseDocument>();
    }

    private static List<RenderedFile> Files(PromiseDocument promise)
    {
        var files = Layouts.For(Site.Layout).Render(promise.Meta.Name, promise.Spec.Dependencies).ToList();
        if (files.Count > 0) files.Add(FluxChild.Render(Site, promise.Meta.Name, [.. promise.Spec.Requires.Select(required => required.Promise)]));
        return files;
    }

    private static async Task WriteAsync(string expected, List<RenderedFile> files, CancellationToken cancellation)
    {
        if (Directory.Exists(expected)) Directory.Delete(expected, recursive: true);
        foreach (var file in files)
        {
            var path = Path.Combine(expected, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, file.Content, cancellation);
        }
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Promises.sln"))) return directory.FullName;
        }

        throw new DirectoryNotFoundException($"There is no Promises.sln above {AppContext.BaseDirectory}.");
    }
}
