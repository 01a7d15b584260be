using System.Globalization;

namespace Promises.Benchmarks.Harness;

/// <summary>What a benchmark found, as Markdown to be pasted. Whatever else is printed goes to the error stream.</summary>
internal static class Report
{
    private static TextWriter s_out = TextWriter.Null;

    /// <summary>From here on only rows are on the output.</summary>
    public static void Begin()
    {
        s_out = Console.Out;
        Console.SetOut(Console.Error);
    }

    public static void Table(params ReadOnlySpan<string> columns)
    {
        s_out.WriteLine();
        Row(columns);
        s_out.WriteLine("|" + string.Concat(Enumerable.Repeat("---|", columns.Length)));
    }

    public static void Row(params ReadOnlySpan<string> cells) => s_out.WriteLine($"| {string.Join(" | ", cells!)} |");

    public static void Note(string text) => s_out.WriteLine($"\n{text}");

    /// <summary>Milliseconds, or seconds from ten thousand on.</summary>
    public static string Ms(double milliseconds) => milliseconds switch
    {
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
        >= 100 or <= -100 => milliseconds.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 or <= -10 => milliseconds.ToString("0", CultureInfo.InvariantCulture),
        _ => milliseconds.ToString("0.0", CultureInfo.InvariantCulture),
    };

    public static string Ratio(double ratio) => ratio.ToString("0.0#", CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    public static string MiB(double bytes) => (bytes / 1048576).ToString(bytes < 10 * 1048576 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
}
