using Promises.Data;
using Promises.StateStores;

namespace Promises.Server.Hosting;

internal static class StateStoreRegistration
{
    /// <param name="umask">Under which files in repositories of others are made.</param>
    public static IServiceCollection AddStateStores(this IServiceCollection services, GitOptions git, DataDirectory directory, uint umask)
    {
        services.AddSingleton(new StateStores.GitOptions
        {
            DataDirectory = directory.Path,
            AllowLocal = git.AllowLocal,
            ForeignUmask = umask,
            Proxies = new ProxySettings(Environment.GetEnvironmentVariable),
        });

        services.AddSingleton<Random, SharedRandom>();
        services.AddSingleton<StateStoreProvider>();
        services.AddSingleton(provider => provider.GetRequiredService<StateStoreProvider>().Embedded);
        services.AddSingleton(provider => provider.GetRequiredService<StateStoreProvider>().UploadPack);
        return services;
    }
}
