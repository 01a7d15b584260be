using Microsoft.AspNetCore.DataProtection;
using Promises.Server.Hosting;

namespace Promises.Server.Secrets;

internal static class KeyRing
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Keys lie in a directory that only the server's user enters. The application name is fixed, so all replicas that share it open each other's secrets.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services, DataOptions data)
    {
        var directory = Directory.CreateDirectory(data.FullKeyRing, OwnerOnly);
        if (data.KeyRing is null) directory.UnixFileMode = OwnerOnly;

        services.AddDataProtection().SetApplicationName("Promises").PersistKeysToFileSystem(directory);
        return services.AddSingleton<CredentialVault>();
    }
}
