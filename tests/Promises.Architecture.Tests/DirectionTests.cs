using System.Reflection;
using System.Xml.Linq;

namespace Promises.Architecture.Tests;

/// <summary>Server uses Data, StateStores and Core; Data and StateStores use Core; Core uses nothing.</summary>
public sealed class DirectionTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Promises.Core"] = [],
        ["Promises.Data"] = ["Promises.Core"],
        ["Promises.StateStores"] = ["Promises.Core"],
        ["Promises.Server"] = ["Promises.Core", "Promises.Data", "Promises.StateStores"],
    };

    [Fact]
    public void Code_uses_only_projects_below_its_own()
    {
        var wrong = Product.Names.SelectMany(name => Assembly.Load(name).GetReferencedAssemblies()
            .Where(used => used.Name!.StartsWith("Promises", StringComparison.Ordinal) && !MayUse[name].Contains(used.Name))
            .Select(used => $"{name} uses {used.Name}"));

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Projects_refer_only_to_projects_below_their_own()
    {
        var wrong = Product.Names.SelectMany(name => XDocument.Load(Path.Combine(Repository.Root, "src", name, name + ".csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .Where(used => !MayUse[name].Contains(used))
            .Select(used => $"{name} refers to {used}"));

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_is_known_here()
    {
        Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).Order().ShouldBe(Product.Names.Order());
    }

    [Fact]
    public void Sources_name_only_namespaces_below_their_own()
    {
        // Assemblies do not show a using that only a comment or nameof needs.
        var wrong = from name in Product.Names
                    from file in Repository.Sources($"src/{name}")
                    from other in Product.Names
                    where other != name && other != "Promises.Core" && !MayUse[name].Contains(other) && file.Text.Contains($"using {other}", StringComparison.Ordinal)
                    select $"{file.Path} uses {other}";

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Core_depends_on_the_base_library_YamlDotNet_and_NuGet_Versioning_only()
    {
        var used = Assembly.Load("Promises.Core").GetReferencedAssemblies().Select(assembly => assembly.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("YamlDotNet" or "NuGet.Versioning"));
        used.ShouldBeEmpty();

        var packages = XDocument.Load(Path.Combine(Repository.Root, "src/Promises.Core/Promises.Core.csproj")).Descendants("PackageReference")
            .Select(reference => reference.Attribute("Include")!.Value);
        packages.Order().ShouldBe(["NuGet.Versioning", "YamlDotNet"]);
    }

    [Fact]
    public void Core_touches_no_file_network_process_or_clock()
    {
        string[] forbidden = ["System.IO.File", "System.IO.Directory", "System.IO.FileStream", "System.Net.", "System.Diagnostics.Process", "System.Console", "System.Threading.Thread", "System.Threading.Timer"];
        // Addresses are parsed and judged there, which is arithmetic.
        string[] harmless = ["System.Net.IPAddress", "System.Net.IPNetwork", "System.Net.Sockets.AddressFamily"];

        Product.UsedTypes("Promises.Core").Except(harmless)
            .Where(type => forbidden.Any(name => name.EndsWith('.') ? type.StartsWith(name, StringComparison.Ordinal) : type == name)).ShouldBeEmpty();
        // Iterators ask for the number of their thread.
        Product.UsedMembers("Promises.Core").Where(member => member.StartsWith("System.Environment.", StringComparison.Ordinal))
            .Except(["System.Environment.get_CurrentManagedThreadId"]).ShouldBeEmpty();
    }
}
