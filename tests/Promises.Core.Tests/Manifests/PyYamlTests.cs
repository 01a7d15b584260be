using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using Promises.Manifests;
using static Promises.Core.Tests.Manifests.Documents;

namespace Promises.Core.Tests.Manifests;

/// <summary>A second opinion: PyYAML, which reads YAML 1.1 to the letter.</summary>
public sealed class PyYamlTests
{
    private const string Script = """
        import json, sys, yaml
        for doc in yaml.load_all(sys.stdin.buffer.read().decode("utf-8"), getattr(yaml, "CSafeLoader" if sys.argv[1] == "c" else "SafeLoader")):
            print(json.dumps(doc))
        """;

    [Theory]
    [InlineData("c")]
    [InlineData("python")]
    public void PyYAML_reads_what_we_print_as_the_same_values(string loader)
    {
        var documents = JsonNodes.Documents.Generator.Sample(150, 30).Concat(JsonNodes.NastyTexts.Select(text => new JsonObject { ["a"] = text, [text] = new JsonArray(text) })).ToList();
        var read = Load(loader, string.Join("---\n", documents.Select(YamlPrinter.Print)));

        read.Count.ShouldBe(documents.Count);
        for (var i = 0; i < documents.Count; i++) Floats(read[i]).ShouldBe(Floats(documents[i]), YamlPrinter.Print(documents[i]));
    }

    [Fact]
    public void PyYAML_reads_real_documents_as_we_do()
    {
        foreach (var file in Promises.Tests.TestData.Files("kratix"))
        {
            var text = File.ReadAllText(file);
            var ours = Yaml(text).Value.Select(d => CanonicalJson.Write(d.Content));

            Load("c", text).Where(d => d is not null).Select(CanonicalJson.Write).ShouldBe(ours, Path.GetFileName(file));
        }
    }

    // Python's floats are doubles; ours are exact.
    private static string Floats(JsonNode? node) => CanonicalJson.Write(Widen(node));

    private static JsonNode? Widen(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Widen(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Widen)]),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number => JsonNode.Parse(value.ToJsonString())!.GetValue<double>(),
        _ => node?.DeepClone(),
    };

    private static List<JsonNode?> Load(string loader, string yaml)
    {
        if (Run("c", "") is null) Assert.Skip("python3 with PyYAML is not on this machine");
        return [.. Run(loader, yaml).ShouldNotBeNull().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))];
    }

    private static string? Run(string loader, string yaml)
    {
        var start = new ProcessStartInfo("python3", ["-c", Script, loader]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var python = Process.Start(start)!;
            var errors = python.StandardError.ReadToEndAsync();
            var output = python.StandardOutput.ReadToEndAsync();
            python.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(yaml));
            python.StandardInput.Close();
            python.WaitForExit();
            return python.ExitCode == 0 ? output.GetAwaiter().GetResult() : yaml.Length == 0 ? null : throw new InvalidOperationException(errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
