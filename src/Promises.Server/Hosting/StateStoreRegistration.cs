using Promises.Data;
using Promises.StateStores;

namespace Promises.Server.Hosting;

internal static class StateStoreRegistration
{
    /// <param name="umask">Under which files in repositories of others are made.</param>
    public static IServiceCollection AddStateStores(this IServiceCollection services, GitOptions git, DataDirectory directory, uint umask)
    {
        services.AddSingleton(new StateStores.GitOptions { DataDirectory = directory.Path, AllowLocal = git.AllowLocal, ForeignUmask = umask });

        // Here chance enters; everything else takes it as a parameter. Many threads use it, which a Random of our own would not bear.
#pragma warning disable RS0030
        services.AddSingleton(Random.Shared);
#pragma warning restore RS0030
        services.AddSingleton<StateStoreProvider>();
        services.AddSingleton(provider => provider.GetRequiredService<StateStoreProvider>().Embedded);
        services.AddSingleton(provider => provider.GetRequiredService<StateStoreProvider>().UploadPack);
        return services;
    }
}
