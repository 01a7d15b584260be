namespace Promises.Architecture.Tests;

public sealed class NamespaceTests
{
    [Fact]
    public void No_namespace_has_a_segment_Promises_below_the_root()
    {
        // It would hide the root namespace from everything inside.
        var wrong = Product.Names.SelectMany(Product.Types).Select(type => type.Namespace).OfType<string>().Distinct()
            .Where(name => name.Split('.').Skip(1).Contains("Promises"));

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Namespaces_say_which_project_a_type_is_in()
    {
        string[] core = ["Model", "Selectors", "Scheduling", "Manifests", "Kratix", "Environments"];
        var wrong = Product.Names.SelectMany(name => Product.Types(name).Where(type => type.Namespace is { } space && !Belongs(space, name))
            .Select(type => $"{type.FullName} in {name}"));

        wrong.ShouldBeEmpty();

        bool Belongs(string space, string project) => project == "Promises.Core"
            ? core.Contains(space.Split('.').ElementAtOrDefault(1))
            : space == project || space.StartsWith(project + ".", StringComparison.Ordinal);
    }
}
