using System.Diagnostics;
using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Model;
using Promises.Tests;

namespace Promises.Core.Tests.Manifests;

/// <summary>What we write of real documents: the same objects, the same bytes every time, and accepted by the library that Flux builds with.</summary>
public sealed class ConformanceTests
{
    [Theory]
    [InlineData(Layout.Placements)]
    [InlineData(Layout.Kratix)]
    public void Objects_written_when_read_again_equal_the_originals_but_for_a_namespace_filled_in(Layout layout)
    {
        foreach (var (promise, dependencies) in RealPromises())
        {
            var files = Layouts.For(layout).Render(promise, dependencies);
            var written = files.SelectMany(file => DocumentReader.Read(file.Content, DocumentFormat.Yaml).Value).Select(d => (JsonObject)d.Content).ToList();

            Keyed(written, fill: false).ShouldBe(Keyed(dependencies, fill: true), promise);
            Layouts.For(layout).Render(promise, [.. dependencies.Select(d => (JsonObject)d.DeepClone())]).Select(f => (f.Path, f.Blob)).ShouldBe(files.Select(f => (f.Path, f.Blob)));
            Layouts.For(layout).Paths(promise, [.. dependencies.Select(ManifestObject.From)]).Keys.Order(StringComparer.Ordinal).ShouldBe(files.Select(f => f.Path));
        }
    }

    [Theory]
    [InlineData(Layout.Placements)]
    [InlineData(Layout.Kratix)]
    public void Kustomize_accepts_what_is_written(Layout layout)
    {
        var root = Directory.CreateTempSubdirectory("promises-kustomize-").FullName;
        try
        {
            // Promises of the collection that define the same object would not build together.
            var batches = new List<(HashSet<ObjectIdentity> Taken, List<string> Resources)>();
            foreach (var (promise, dependencies) in RealPromises())
            {
                var identities = dependencies.Select(Dependencies.Identify).ToHashSet();
                var number = batches.FindIndex(b => !b.Taken.Overlaps(identities));
                if (number < 0)
                {
                    number = batches.Count;
                    batches.Add(([], []));
                }

                batches[number].Taken.UnionWith(identities);
                foreach (var file in Layouts.For(layout).Render(promise, dependencies))
                {
                    // Two documents of the collection may be of one Promise, in different versions.
                    var resource = $"{batches[number].Resources.Count}/{file.Path}";
                    var path = Path.Combine(root, $"{number}", resource);
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    File.WriteAllBytes(path, file.Content);
                    batches[number].Resources.Add(resource);
                }
            }

            for (var i = 0; i < batches.Count; i++)
            {
                var kustomization = new JsonObject { ["resources"] = new JsonArray([.. batches[i].Resources.Select(r => JsonValue.Create(r))]) };
                File.WriteAllText(Path.Combine(root, $"{i}", "kustomization.yaml"), YamlPrinter.Print(kustomization));
                DocumentReader.Read(Kustomize(Path.Combine(root, $"{i}")), DocumentFormat.Yaml).Value.Count.ShouldBe(batches[i].Taken.Count);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static List<string> Keyed(IEnumerable<JsonObject> objects, bool fill) =>
    [
        .. objects.Select(o => Dependencies.Identify(o) + " " + CanonicalJson.Write(fill ? Dependencies.Normalize(o, out _) : o)).Order(StringComparer.Ordinal),
    ];

    private static List<(string Promise, List<JsonObject> Dependencies)> RealPromises()
    {
        var promises = new List<(string, List<JsonObject>)>();
        foreach (var file in TestData.Files("kratix"))
        {
            foreach (var document in DocumentReader.Read(File.ReadAllBytes(file), DocumentFormat.Yaml).Value.Select(d => d.Content))
            {
                if (document["kind"]?.GetValue<string>() != "Promise" || document["spec"] is not JsonObject spec) continue;
                if ((spec["dependencies"] ?? spec["workerClusterResources"]) is not JsonArray { Count: > 0 } list) continue;
                promises.Add((document["metadata"]!["name"]!.GetValue<string>(), [.. list.Select(o => (JsonObject)o!)]));
            }
        }

        promises.Count.ShouldBeGreaterThan(10);
        return promises;
    }

    private static byte[] Kustomize(string directory)
    {
        try
        {
            using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", directory]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = kubectl.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            kubectl.StandardOutput.BaseStream.CopyTo(output);
            kubectl.WaitForExit();
            kubectl.ExitCode.ShouldBe(0, errors.GetAwaiter().GetResult());
            return output.ToArray();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("kubectl is not on this machine");
            return [];
        }
    }
}
