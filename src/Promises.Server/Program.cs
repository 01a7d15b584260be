using Promises.Data;
using Promises.Server.Features.Health;
using Promises.Server.Features.Tokens;
using Promises.Server.Hosting;
using Promises.Server.Http;
using Promises.Server.Http.Auth;
using Promises.Server.Http.OpenApi;
using Promises.Server.Secrets;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var options = builder.AddSettings(args);

builder.AddListening(options.Http);
builder.AddTelemetry();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddPromisesData(builder.Configuration.GetConnectionString("Promises")!);
builder.Services.AddSecrets(options.Data);
builder.Services.AddTokens();
builder.Services.AddMediator();
builder.Services.AddApiDescription();
builder.Services.AddHealth();
builder.Services.AddScoped<AdminToken>();

var app = builder.Build();
app.UsePipeline();

app.MapHealth();
app.MapApi().MapTokens();
app.MapApiDescription();

await app.PrepareAsync();
await app.RunAsync();
