using Microsoft.Extensions.Options;
using Promises.Data;

namespace Promises.Server.Hosting;

/// <summary>Ends a start that cannot succeed with the sentence that says what to do, instead of a stack trace.</summary>
internal static class Startup
{
    public static async Task<int> RunAsync(Func<Task> server)
    {
        try
        {
            await server();
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Stopped while it was starting: what had been started was disposed on the way here.
            return 0;
        }
        catch (Exception e) when (e is StartupException or OptionsValidationException or IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException })
        {
            await Console.Error.WriteLineAsync($"promises: {e.Message}");
            return 1;
        }
    }
}
