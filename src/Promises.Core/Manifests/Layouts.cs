using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Manifests;

public static class Layouts
{
    private static readonly PlacementsLayout Placements = new();
    private static readonly KratixLayout Kratix = new();

    public static ILayout For(Layout layout) => layout switch
    {
        Layout.Placements => Placements,
        Layout.Kratix => Kratix,
        _ => throw new ArgumentOutOfRangeException(nameof(layout)),
    };

    internal static string Print(JsonObject dependency) => YamlPrinter.Print(Dependencies.Normalize(dependency, out _));
}
