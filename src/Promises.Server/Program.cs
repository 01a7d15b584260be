using Promises.Data;
using Promises.Server.Features.Fleet;
using Promises.Server.Features.Git;
using Promises.Server.Features.Health;
using Promises.Server.Features.Tokens;
using Promises.Server.Hosting;
using Promises.Server.Http;
using Promises.Server.Http.Auth;
using Promises.Server.Http.OpenApi;
using Promises.Server.Reconciling;
using Promises.Server.Secrets;

return await Startup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    var options = builder.AddSettings(args);
    using var directory = DataDirectory.Open(options.Data.Directory);
    var umask = FileModes.CloseToOthers();

    builder.AddListening(options.Http);
    builder.AddShutdown();
    builder.AddTelemetry();
    builder.AddDatabase(directory);
    builder.Services.AddTime();
    builder.Services.AddSingleton<Failpoints>();
    builder.Services.AddSecrets(options.Data, directory);
    builder.Services.AddStateStores(options.Git, directory, umask);
    builder.Services.AddTokens();
    builder.Services.AddMediator();
    builder.Services.AddApiDescription();
    builder.Services.AddHealth();
    builder.Services.AddScoped<AdminToken>();
    builder.Services.AddFleet();
    builder.Services.AddDelivery(options.Role);
    builder.Services.AddScoped<DemoFleet>();

    await using var app = builder.Build();
    app.UsePipeline(options.Role);

    app.MapHealth();
    app.MapApiDescription();
    app.MapGit();

    var api = app.MapApi();
    api.MapTokens();
    app.MapFleet(api);

    app.SayWelcome(directory);
    using var signals = EarlySignals.StopOn(app);
    await app.PrepareDatabaseAsync();
    await app.RunAsync();
});
