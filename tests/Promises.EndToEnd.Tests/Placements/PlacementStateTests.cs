using Microsoft.EntityFrameworkCore;
using Promises.Server.Features.Placements;
using Promises.Server.Tests.Reconciling;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Placements;

/// <summary>The state of a placement is told in three ways: here, as an expression, and in SQL. There is one rule.</summary>
public sealed class PlacementStateTests(TestPostgres postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_a_placement_is_like_its_state_is_the_same_however_it_is_asked_for(bool onHold)
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("one");
        await RunAsync(fleet,
            """
            INSERT INTO placements (promise, cluster, environment, uid, created_at, resource_version, generation, revision, outcome, delivers, reason, message,
                included_by, depends_on, scheduled_at, leaving, stalled_reason, stalled_message, digest, written_digest, proposed_digest)
            SELECT 'p' || row_number() OVER (), 'one', 'ops', gen_random_uuid(), now(), 1, 1, 1, outcome, true, 'Selected', '', '{}', '{}', now(),
                leaving, stalled, stalled, digest, written, proposed
            FROM unnest(ARRAY['Placed', 'Retained', 'Blocked']) outcome, unnest(ARRAY[false, true]) leaving, unnest(ARRAY[NULL, 'ForeignFile']) stalled,
                unnest(ARRAY[NULL, 'a', 'b']) digest, unnest(ARRAY[NULL, 'a']) written, unnest(ARRAY[NULL, '', 'b']) proposed
            """);
        if (onHold)
        {
            await RunAsync(fleet,
                """
                INSERT INTO holds (state_store, reason, message, impact, external, digest, items, version, uid, at, generation, resource_version, phase, settled)
                VALUES ('fleet', 'RestoredDatabase', '', '{}', false, '', '{}', 1, gen_random_uuid(), now(), 1, 1, 'Held', false)
                """);
        }

        await using var database = fleet.Open();
        var placements = await database.Placements.AsNoTracking().OrderBy(placement => placement.Promise).ToListAsync(Cancel);
        var here = placements.Select(placement => PlacementStates.Of(placement, onHold)).ToList();
        var asExpression = await database.Placements.AsNoTracking().OrderBy(placement => placement.Promise).Select(PlacementStates.Rule(database)).ToListAsync(Cancel);
        var inSql = new List<string>();
        await using (var command = fleet.Database.CreateCommand($"SELECT {PlacementStates.Sql} FROM placements p ORDER BY p.promise"))
        await using (var reader = await command.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel)) inSql.Add(reader.GetString(0));
        }

        placements.Count.ShouldBe(216);
        asExpression.ShouldBe(here);
        inSql.ShouldBe(here);
        string[] waiting = [PlacementStates.Pending, PlacementStates.Proposed, PlacementStates.Withdrawing];
        here.Distinct().ShouldBe(PlacementStates.All.Except(onHold ? waiting : [PlacementStates.Held]), ignoreOrder: true);
    }

    private static async Task RunAsync(DeliveryFleet fleet, string sql)
    {
        await using var command = fleet.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
