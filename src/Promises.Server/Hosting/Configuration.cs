using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Options;

namespace Promises.Server.Hosting;

internal static class Configuration
{
    private const string Prefix = "PROMISES_";

    /// <summary>What may stand in the environment without our prefix, because operators expect it there.</summary>
    private static readonly string[] Unprefixed = ["ConnectionStrings:", "Logging:", "OTEL_"];

    /// <summary>Reads the settings, checks them, and makes them known as <see cref="ServerOptions"/>.</summary>
    public static ServerOptions AddSettings(this WebApplicationBuilder builder, string[] args)
    {
        // A variable such as ROLE or DATA, meant for another program, must not become a setting of ours.
        IConfigurationBuilder sources = builder.Configuration;
        foreach (var source in sources.Sources.OfType<EnvironmentVariablesConfigurationSource>().Where(source => string.IsNullOrEmpty(source.Prefix)).ToList())
            sources.Sources.Remove(source);

        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build().AsEnumerable()
            .Where(pair => pair.Value is not null && Unprefixed.Any(start => pair.Key.StartsWith(start, StringComparison.OrdinalIgnoreCase)));
        builder.Configuration.AddInMemoryCollection(environment).AddEnvironmentVariables(Prefix).AddCommandLine(args);

        var options = Validated(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(options.Testing);
        return options;
    }

    private static ServerOptions Validated(ConfigurationManager configuration)
    {
        ServerOptions options;
        try
        {
            options = configuration.Get<ServerOptions>() ?? new ServerOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(nameof(ServerOptions), typeof(ServerOptions), [e.InnerException?.Message ?? e.Message]);
        }

        var mistakes = new[] { ("Http", (object)options.Http), ("Data", options.Data), ("Git", options.Git), ("Events", options.Events), ("Testing", options.Testing) }
            .SelectMany(section => Mistakes(section.Item1, section.Item2))
            .ToList();
        if (Listening.Parse(options.Http.Address) is null) mistakes.Add($"{Prefix}Http__Address: {options.Http.Address} is neither an IP address nor localhost nor *.");
        mistakes.AddRange(new[] { (nameof(TestingOptions.FailAt), options.Testing.FailAt), (nameof(TestingOptions.StopAt), options.Testing.StopAt) }
            .Select(setting => (setting.Item1, Mistake: Failpoints.Mistake(setting.Item2))).Where(setting => setting.Mistake is not null)
            .Select(setting => $"{Prefix}Testing__{setting.Item1}: {setting.Mistake}"));
        return mistakes.Count == 0 ? options : throw new OptionsValidationException(nameof(ServerOptions), typeof(ServerOptions), mistakes);
    }

    private static IEnumerable<string> Mistakes(string section, object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(result => $"{Prefix}{section}__{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}");
    }
}
