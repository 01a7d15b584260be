using Microsoft.AspNetCore.DataProtection;
using Promises.Data;
using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Secrets;

internal static class KeyRing
{
    private const string Name = "keys";

    /// <summary>Keys lie in a directory that only the server's user enters. The application name is fixed, so all replicas that share it open each other's secrets.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services, DataOptions options, DataDirectory directory)
    {
        var keys = options.KeyRing is null ? directory.Subdirectory(Name) : Directory.CreateDirectory(options.KeyRing, OwnerOnly).FullName;
        services.AddDataProtection().SetApplicationName("Promises").PersistKeysToFileSystem(new DirectoryInfo(keys));
        return services.AddSingleton<CredentialVault>().AddSingleton<ICredentialReader, CredentialReader>();
    }

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
}
