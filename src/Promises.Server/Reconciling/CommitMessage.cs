using System.Globalization;
using System.Text;

namespace Promises.Server.Reconciling;

/// <summary>
/// What a commit says to somebody who never heard of us, and in trailers to machines. Every name in it is a label, so nothing that a
/// client wrote can pass for a trailer.
/// </summary>
internal static class CommitMessage
{
    private const int SubjectLength = 100;
    private const int MostPlacements = 50;

    /// <param name="epoch">Of the writer: a higher one took over from a lower.</param>
    /// <param name="version">That the branch now reflects.</param>
    public static string Compose(BranchPlan plan, string store, long epoch, long version)
    {
        var notes = plan.Notes;
        var text = new StringBuilder();
        text.Append(Subject(notes)).Append("\n\n");
        foreach (var note in notes) text.Append(Line(note)).Append('\n');
        text.Append('\n');

        foreach (var (cluster, placement) in notes.SelectMany(note => note.Placements.Select(placement => (note.Cluster, placement)))
            .Where(pair => pair.placement.To is not null).Take(MostPlacements))
        {
            text.Append(CultureInfo.InvariantCulture, $"Promises-Placement: {placement.Promise}.{cluster}@{placement.To}\n");
        }

        foreach (var change in plan.Changes) text.Append(CultureInfo.InvariantCulture, $"Promises-Change: {change.Number}\n");
        foreach (var by in plan.Changes.Select(change => change.By).Distinct(StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"Promises-Requested-By: {by}\n");
        text.Append(CultureInfo.InvariantCulture, $"Promises-Store: {store}\nPromises-Epoch: {epoch}\nPromises-Version: {version}\n");
        return text.ToString();
    }

    private static string Subject(IReadOnlyList<ClusterNote> notes)
    {
        var placements = notes.SelectMany(note => note.Placements).ToList();
        var items = placements.OrderBy(note => note.Promise, StringComparer.Ordinal).Select(note => note.ToString()).Distinct(StringComparer.Ordinal)
            .Concat(notes.Where(note => note.Event != ClusterEvent.None).Select(note => $"{note.Cluster} {Words(note.Event)}"));

        var subject = new StringBuilder();
        subject.Append(CultureInfo.InvariantCulture, $"{placements.Count} placements on {notes.Count} clusters: ");
        var first = true;
        foreach (var item in items)
        {
            if (!first && subject.Length + 2 + item.Length > SubjectLength) return subject.Append(", …").ToString();
            subject.Append(first ? "" : ", ").Append(item);
            first = false;
        }

        return subject.ToString();
    }

    private static string Line(ClusterNote note) => $"{note.Cluster}: " + string.Join(", ",
        note.Placements.Select(placement => placement.ToString()).Concat(note.Event == ClusterEvent.None ? [] : [Words(note.Event)]));

    private static string Words(ClusterEvent happened) => happened switch
    {
        ClusterEvent.Registered => "registered",
        ClusterEvent.OffBoarded => "off-boarded",
        _ => "files updated",
    };
}
