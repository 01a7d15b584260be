namespace Promises.Architecture.Tests;

public sealed class SealedTests
{
    [Fact]
    public void Classes_are_sealed_unless_something_derives_from_them()
    {
        var types = Product.Names.SelectMany(Product.Types).ToList();
        var bases = types.Select(type => type.BaseType).OfType<Type>().Select(type => type.IsGenericType ? type.GetGenericTypeDefinition() : type).ToHashSet();

        // The compiler makes Program of the top-level statements.
        var open = types.Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false } && !bases.Contains(type) && type.FullName != "Program");

        open.Select(type => type.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void Server_shows_nothing_to_the_outside()
    {
        Product.Types("Promises.Server").Where(type => type.IsPublic && type.FullName != "Program").Select(type => type.FullName).ShouldBeEmpty();
    }
}
