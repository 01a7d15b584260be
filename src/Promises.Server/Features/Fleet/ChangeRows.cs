using Npgsql;
using Promises.Model;

namespace Promises.Server.Features.Fleet;

/// <summary>The change itself: what the audit shows.</summary>
internal static class ChangeRows
{
    public static void Add(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan)
    {
        var command = new NpgsqlBatchCommand("INSERT INTO changes (number, at, by, method, path, summary, impact) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        var (by, method, path) = (edit.Request.By, edit.Request.Method, edit.Request.Path);
        foreach (var value in new object[] { edit.Number, edit.At, by, method, path.Length > 2000 ? path[..2000] : path, edit.Says?.Summary ?? Summary(edit), edit.Says?.Impact ?? plan.Impact.ToJson().ToJsonString() })
            command.Parameters.Add(new() { Value = value });
        batch.BatchCommands.Add(command);
    }

    private static string Summary(FleetEdit edit)
    {
        if (edit.Resync) return "Resync: what was missed";
        var named = edit.Touched.Take(5).Select(touched => $"{touched.Kind} {touched.Name} {touched.Type switch
        {
            EventType.Added => "created",
            EventType.Modified => "changed",
            _ => "deleted",
        }}");
        var more = edit.Touched.Count - 5;
        return string.Join(", ", named) + (more > 0 ? $" and {more} more" : "");
    }
}
