using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Promises.Architecture.Tests;

/// <summary>The assemblies that ship.</summary>
internal static class Product
{
    public static readonly string[] Names = ["Promises.Core", "Promises.Data", "Promises.StateStores", "Promises.Server"];

    /// <summary>Types that a person wrote: neither the compiler nor a source generator.</summary>
    public static IEnumerable<Type> Types(string assembly) => Assembly.Load(assembly).GetTypes().Where(IsWritten);

    /// <summary>What its code uses of other assemblies: <c>Namespace.Type.Member</c>.</summary>
    public static HashSet<string> UsedMembers(string assembly) => Read(assembly, reader => reader.MemberReferences
        .Select(reader.GetMemberReference)
        .Where(member => member.Parent.Kind == HandleKind.TypeReference)
        .Select(member => $"{NameOf(reader, (TypeReferenceHandle)member.Parent)}.{reader.GetString(member.Name)}"));

    public static HashSet<string> UsedTypes(string assembly) => Read(assembly, reader => reader.TypeReferences.Select(type => NameOf(reader, type)));

    private static HashSet<string> Read(string assembly, Func<MetadataReader, IEnumerable<string>> read)
    {
        using var file = new PEReader(File.OpenRead(Assembly.Load(assembly).Location));
        return [.. read(file.GetMetadataReader())];
    }

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    private static bool IsWritten(Type type) =>
        !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && !type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
        && !type.Name.Contains('<', StringComparison.Ordinal)
        && (type.Namespace is null || type.Namespace.StartsWith("Promises", StringComparison.Ordinal))
        && (type.DeclaringType is null || IsWritten(type.DeclaringType));
}
