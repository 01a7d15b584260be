using Promises.Data;
using Promises.StateStores;

namespace Promises.Server.Hosting;

internal static class StateStoreRegistration
{
    public static IServiceCollection AddStateStores(this IServiceCollection services, GitOptions git, DataDirectory directory)
    {
        services.AddSingleton(new StateStores.GitOptions { DataDirectory = directory.Path, AllowLocal = git.AllowLocal });

        services.AddSingleton<Random, SharedRandom>();
        services.AddSingleton<StateStoreProvider>();
        services.AddSingleton(provider => provider.GetRequiredService<StateStoreProvider>().Embedded);
        services.AddSingleton(provider => provider.GetRequiredService<StateStoreProvider>().UploadPack);
        return services;
    }
}
